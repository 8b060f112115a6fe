import test from "ava";
import { readBuildConfig } from "../../../firmware/device/build-config.js";
import { Faults } from "../../../firmware/device/faults.js";

test("a build gives settings as numbers or texts, its version, and whether it injects", (t) => {
	const config = { version: "1.2.3", injection: "true", nodeId: "7", channel: 15 };
	t.deepEqual(readBuildConfig(config, []), {
		settings: { nodeId: 7, channel: 15 },
		version: "1.2.3",
		injects: true,
	});
	t.false(readBuildConfig({ version: "1", injection: false }, []).injects);
	t.false(readBuildConfig({ version: "1" }, []).injects);
});

test("what the SDK puts beside them is passed over, and a key that nobody knows is refused", (t) => {
	const ofSdk = { format: "RGB565LE", rotation: 0, file: { root: "/" }, led: { pin: 8 }, screen: "" };
	t.deepEqual(readBuildConfig({ ...ofSdk, nodeId: 1 }, []).settings, { nodeId: 1 });
	t.throws(() => readBuildConfig({ ...ofSdk, nodeid: 1 }, []), {
		message: /^nodeid: there is no such setting/,
	});
	t.throws(() => readBuildConfig({ injection: "yes" }, []), {
		message: "injection: expected true or false, got yes",
	});
	t.throws(() => readBuildConfig({ channel: { number: 15 } }, []), { message: /^channel: expected/ });
});

test("settings of one device count before those of the build", (t) => {
	const { settings } = readBuildConfig({ nodeId: 1, channel: 15 }, ["nodeId=2", "prefix=2001:db8:1::/64"]);
	t.deepEqual(settings, { nodeId: 2, channel: 15, prefix: "2001:db8:1::/64" });
	t.throws(() => readBuildConfig({}, ["nodeId"]), { message: "nodeId: expected key=value" });
	t.throws(() => readBuildConfig({}, ["=2"]), { message: "=2: expected key=value" });
	t.true(readBuildConfig({}, ["injection=true"]).injects);
	t.false(readBuildConfig({ injection: true }, ["injection=false"]).injects);
	t.throws(() => readBuildConfig({}, ["injection=yes"]), {
		message: "injection: expected true or false, got yes",
	});
});

test("what cannot be opened is replaced, and its reason kept in one line", (t) => {
	const faults = new Faults();
	const fail = (error: unknown) => () => {
		throw error;
	};
	t.is(
		faults.attempt(
			() => 1,
			() => 2,
		),
		1,
	);
	t.is(
		faults.attempt<number>(fail(new Error("no sensor")), () => 2),
		2,
	);
	faults.attempt(fail(new RangeError("out")), () => {});
	faults.attempt(fail("text"), () => {});
	t.deepEqual(faults.texts, ["no sensor", "RangeError: out", "text"]);
});
