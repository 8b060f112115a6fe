-- Wireshark dissector for what Lowguard sends on page 15 of the 6LoWPAN dispatch space (0xff, RFC 8025): chained
-- fragments, HELLO, gradient beacons, and the messages by which nodes form clusters. The formats are in firmware/README.md.
--
--   tshark -X lua_script:host-tools/capture/lowguard.lua -r frames.pcap
--
-- Chained fragments are put together and handed to Wireshark's own 6LoWPAN dissector. Tokens without a key are
-- verified; those under a key are not, since no key is known here: such fragments are put together in order.

local lowguard = Proto("lowguard", "Lowguard (6LoWPAN page 15)")

local TYPES = {
	[1] = "HELLO",
	[2] = "SYNC",
	[3] = "ADV",
	[4] = "JOIN",
	[5] = "SCHEDULE",
	[6] = "RECEIPT",
	[0x20] = "Gradient beacon",
	[0xc0] = "Chained first fragment",
	[0xe0] = "Chained next fragment",
}
local f = {
	page = ProtoField.uint8("lowguard.page", "Page switch", base.HEX),
	type = ProtoField.uint8("lowguard.type", "Type", base.HEX, TYPES),
	-- Chained fragments.
	size = ProtoField.uint16("lowguard.chain.size", "Datagram size (octets)", base.DEC, nil, 0x07ff),
	tag = ProtoField.uint16("lowguard.chain.tag", "Datagram tag", base.DEC),
	offset = ProtoField.uint16("lowguard.chain.offset", "Datagram offset (octets)", base.DEC),
	flags = ProtoField.uint8("lowguard.chain.flags", "Flags", base.HEX),
	keyed = ProtoField.bool("lowguard.chain.keyed", "Keyed", 8, nil, 0x01),
	tokenBytes = ProtoField.uint8("lowguard.chain.token_bytes", "Token length (octets)", base.DEC),
	nonce = ProtoField.uint32("lowguard.chain.nonce", "Nonce", base.DEC),
	token = ProtoField.bytes("lowguard.chain.token", "Token of the next fragment"),
	mic = ProtoField.bytes("lowguard.chain.mic", "Anchor code"),
	data = ProtoField.bytes("lowguard.chain.data", "Fragment data"),
	verdict = ProtoField.string("lowguard.chain.verdict", "Verdict"),
	part = ProtoField.framenum("lowguard.chain.fragment", "Fragment in frame", base.NONE, frametype.NONE),
	length = ProtoField.uint16("lowguard.chain.reassembled.length", "Reassembled length (octets)", base.DEC),
	-- HELLO and beacon.
	capabilities = ProtoField.uint8("lowguard.hello.capabilities", "Capabilities", base.HEX),
	chains = ProtoField.bool("lowguard.hello.chains", "Puts chained fragments together", 8, nil, 0x01),
	clusters = ProtoField.bool("lowguard.hello.clusters", "Takes part in elections", 8, nil, 0x02),
	boot = ProtoField.uint16("lowguard.hello.boot", "Boot (another at each start)", base.DEC),
	neighbours = ProtoField.uint8("lowguard.hello.neighbours", "Neighbours within the cluster radius", base.DEC),
	sequence = ProtoField.uint16("lowguard.sequence", "Sequence of broadcasts", base.DEC),
	epoch = ProtoField.uint16("lowguard.gradient.epoch", "Epoch", base.DEC),
	hops = ProtoField.uint8("lowguard.gradient.hops", "Hops to the sink", base.DEC),
	cost = ProtoField.float("lowguard.gradient.cost", "Cost (expected transmissions)"),
	sink = ProtoField.bytes("lowguard.gradient.sink", "Interface identifier of the sink", base.COLON),
	-- Clusters.
	round = ProtoField.uint16("lowguard.cluster.round", "Round", base.DEC),
	elapsed = ProtoField.uint32("lowguard.cluster.elapsed", "Since the round began (us)", base.DEC),
	charge = ProtoField.uint8("lowguard.cluster.charge", "Claimed charge (255: full)", base.DEC),
	meanCharge = ProtoField.uint8("lowguard.cluster.mean_charge", "Mean charge of the members (255: full)", base.DEC),
	clusterHops = ProtoField.uint8("lowguard.cluster.hops", "Hops to the sink", base.DEC),
	clusterCost = ProtoField.float("lowguard.cluster.cost", "Cost (expected transmissions)"),
	completion = ProtoField.float("lowguard.cluster.completion", "Likelihood that a datagram reaches the sink"),
	clusterFlags = ProtoField.uint8("lowguard.cluster.flags", "Flags", base.HEX),
	tentative = ProtoField.bool("lowguard.cluster.tentative", "Tentative", 8, nil, 0x01),
	intermediary = ProtoField.bool("lowguard.cluster.intermediary", "Asks to pass datagrams on", 8, nil, 0x01),
	clashes = ProtoField.bool("lowguard.cluster.clashes", "Another head has the same section", 8, nil, 0x02),
	continues = ProtoField.bool("lowguard.cluster.continues", "Another SCHEDULE follows", 8, nil, 0x02),
	turns = ProtoField.uint32("lowguard.cluster.turns", "Turns in which datagrams come", base.HEX),
	longNames = ProtoField.bool("lowguard.cluster.long_names", "Nodes are named by their EUI-64", 8, nil, 0x01),
	merit = ProtoField.uint8("lowguard.cluster.merit", "Merit", base.DEC),
	section = ProtoField.uint8("lowguard.cluster.section", "Section", base.DEC),
	members = ProtoField.uint8("lowguard.cluster.members", "Members", base.DEC),
	member = ProtoField.uint16("lowguard.cluster.member", "Member", base.HEX),
	member64 = ProtoField.bytes("lowguard.cluster.member64", "Member", base.COLON),
	issue = ProtoField.uint16("lowguard.receipt.issue", "Issue of the sink", base.DEC),
	receiptKeyed = ProtoField.bool("lowguard.receipt.keyed", "Entries bear a code", 8, nil, 0x02),
	entries = ProtoField.uint8("lowguard.receipt.entries", "Entries", base.DEC),
	entry = ProtoField.none("lowguard.receipt.entry", "Entry"),
	node = ProtoField.uint16("lowguard.receipt.node", "Node", base.HEX),
	node64 = ProtoField.bytes("lowguard.receipt.node64", "Node", base.COLON),
	newest = ProtoField.uint16("lowguard.receipt.newest", "Newest reading", base.DEC),
	arrived = ProtoField.uint32("lowguard.receipt.arrived", "Arrived (bit k: the newest less k)", base.HEX),
	receiptCode = ProtoField.bytes("lowguard.receipt.code", "Code"),
}
lowguard.fields = f

local truncated = ProtoExpert.new("lowguard.truncated", "Truncated", expert.group.MALFORMED, expert.severity.ERROR)
local reserved = ProtoExpert.new("lowguard.reserved", "Reserved flags set", expert.group.MALFORMED, expert.severity.ERROR)
local suspect = ProtoExpert.new(
	"lowguard.chain.suspect",
	"Continues no chain at its offset",
	expert.group.SECURITY,
	expert.severity.WARN
)
lowguard.experts = { truncated, reserved, suspect }

local FIRST, NEXT = 0xc0, 0xe0
-- RFC 4944, section 5.3: the longest that a packet may wait for its fragments, in seconds.
local REASSEMBLY_S = 60
-- Completed chains that are remembered, as by a node.
local REMEMBERED = 128

-- SHA-256 (FIPS 180-4) of a string, as a string of 32 octets.

local band, bnot, bxor, ror, rshift, tobit = bit.band, bit.bnot, bit.bxor, bit.ror, bit.rshift, bit.tobit

-- The first 32 bits behind the point of a root: of the primes these are the constants of the hash.
local function fraction(root)
	return tobit(math.floor((root % 1) * 4294967296))
end

local K, START = {}, {}
do
	local n, count = 2, 0
	while count < 64 do
		local prime = true
		for divisor = 2, math.floor(math.sqrt(n)) do
			if n % divisor == 0 then
				prime = false
				break
			end
		end
		if prime then
			count = count + 1
			K[count] = fraction(n ^ (1 / 3))
			if count <= 8 then START[count] = fraction(math.sqrt(n)) end
		end
		n = n + 1
	end
end

local function wordsOf(block)
	local w = {}
	for i = 1, 16 do
		local a, b, c, d = block:byte(4 * i - 3, 4 * i)
		w[i] = tobit(((a * 256 + b) * 256 + c) * 256 + d)
	end
	for i = 17, 64 do
		local x, y = w[i - 15], w[i - 2]
		local s0 = bxor(ror(x, 7), ror(x, 18), rshift(x, 3))
		local s1 = bxor(ror(y, 17), ror(y, 19), rshift(y, 10))
		w[i] = tobit(w[i - 16] + s0 + w[i - 7] + s1)
	end
	return w
end

local function compress(state, block)
	local w = wordsOf(block)
	local a, b, c, d, e, g, h, k = state[1], state[2], state[3], state[4], state[5], state[6], state[7], state[8]
	for i = 1, 64 do
		local s1 = bxor(ror(e, 6), ror(e, 11), ror(e, 25))
		local t1 = k + s1 + bxor(band(e, g), band(bnot(e), h)) + K[i] + w[i]
		local s0 = bxor(ror(a, 2), ror(a, 13), ror(a, 22))
		local t2 = s0 + bxor(band(a, b), band(a, c), band(b, c))
		k, h, g, e, d, c, b, a = h, g, e, tobit(d + t1), c, b, a, tobit(t1 + t2)
	end
	for i, word in ipairs({ a, b, c, d, e, g, h, k }) do
		state[i] = tobit(state[i] + word)
	end
end

local function be(value, octets)
	local text = ""
	for _ = 1, octets do
		text = string.char(value % 256) .. text
		value = math.floor(value / 256)
	end
	return text
end

local function sha256(message)
	local zeros = (55 - #message) % 64
	local padded = message .. "\128" .. string.rep("\0", zeros) .. be(#message * 8, 8)
	local state = {}
	for i = 1, 8 do
		state[i] = START[i]
	end
	for at = 1, #padded, 64 do
		compress(state, padded:sub(at, at + 63))
	end
	local text = ""
	for i = 1, 8 do
		text = text .. be(state[i] % 4294967296, 4)
	end
	return text
end

-- How many octets of the IPv6 packet a first fragment covers; nil where its headers say more than is read here.

local INLINE = {
	flow = { [0] = 4, 3, 1, 0 },
	source = { [0] = 16, 8, 2, 0 },
	multicast = { [0] = 16, 6, 4, 1 },
	ports = { [0] = 4, 3, 3, 1 },
}

-- Octets of addresses inline (RFC 6282, section 3.1.1); mode 0 of a stateful one is another thing.
local function addressOctets(octet)
	local stateful, mode = band(octet, 0x40) ~= 0, band(rshift(octet, 4), 3)
	local source = (stateful and mode == 0) and 0 or INLINE.source[mode]
	stateful, mode = band(octet, 0x04) ~= 0, band(octet, 3)
	if band(octet, 0x08) == 0 then return source + INLINE.source[mode] end
	return source + (stateful and 6 or INLINE.multicast[mode])
end

local function coveredBy(data)
	local first, second = data:byte(1, 2)
	if first == 0x41 then return #data - 1 end
	if second == nil or rshift(first, 5) ~= 3 then return nil end
	local octets = 2 + (second >= 0x80 and 1 or 0) + INLINE.flow[band(rshift(first, 3), 3)] + addressOctets(second)
	if band(first, 3) == 0 then octets = octets + 1 end
	if band(first, 4) == 0 then return #data - octets - 1 + 40 end
	local nhc = data:byte(octets + 1)
	if nhc == nil or rshift(nhc, 3) ~= 0x1e then return nil end
	octets = octets + 1 + INLINE.ports[band(nhc, 3)] + (band(nhc, 4) == 0 and 2 or 0)
	return #data - octets + 48
end

-- The chains of a capture. What a frame did to them is found once, in the order of the file.

local open, completed, completedCount, found

local function forget()
	open, completed, completedCount, found = {}, {}, 0, {}
end
forget()
lowguard.init = forget

local function fieldsOf(chain, size)
	return string.char(chain.flags) .. be(chain.nonce, chain.keyed and 4 or 2) .. be(size, 2)
end

local function continues(chain, fragment)
	local b = chain.tokenBytes
	if #fragment.rest <= b then return false end
	local token, data = fragment.rest:sub(1, b), fragment.rest:sub(b + 1)
	if chain.keyed then return true end
	local message = "\2" .. fieldsOf(chain, fragment.size) .. string.char(fragment.offset / 8) .. data .. token
	if chain.count == 1 then message = message .. sha256("\3" .. chain.data):sub(1, b) end
	return sha256(message):sub(1, b) == chain.expected
end

local function rivalsOf(name, time)
	local rivals = {}
	for _, chain in ipairs(open[name] or {}) do
		-- Without a key the same fragments verify under any tag: their packet is whole already.
		local isEcho = completed[chain.anchor] == chain.ends
		if time - chain.openedS < REASSEMBLY_S and not isEcho then rivals[#rivals + 1] = chain end
	end
	open[name] = rivals
	return rivals
end

-- What is wrong with a fragment that ends at `stored`, though it may verify; nil for nothing.
local function faultOf(stored, size, isLast)
	if stored == nil then return nil end
	if stored > size then return "beyond-size" end
	if stored < size and stored % 8 ~= 0 then return "misaligned" end
	if isLast ~= (stored == size) then return "size" end
	return nil
end

local function isZero(token)
	return token == string.rep("\0", #token)
end

local function finish(chain)
	-- A packet of one fragment has no chain, and all of these bear the same anchor.
	if isZero(chain.frames[1].token) then return chain end
	local place = completedCount % REMEMBERED
	completedCount = completedCount + 1
	if completed[place] ~= nil then completed[completed[place]] = nil end
	completed[place] = chain.anchor
	completed[chain.anchor] = chain.ends
	return chain
end

local function takeFirst(name, fragment, number, time)
	local anchor = string.char(fragment.flags) .. be(fragment.nonce, 4) .. fragment.token
	if not fragment.keyed and fragment.tokenBytes < 8 then return { verdict = "weak-chain" } end
	local rivals = rivalsOf(name, time)
	for _, chain in ipairs(rivals) do
		if chain.anchor == anchor and chain.frames[1].data == fragment.data then return { verdict = "duplicate" } end
	end
	local stored, isLast = coveredBy(fragment.data), isZero(fragment.token)
	local fault = faultOf(stored, fragment.size, isLast)
	if fault ~= nil then return { verdict = fault } end
	if completed[anchor] ~= nil then return { verdict = "replayed" } end
	local chain = {
		anchor = anchor,
		ends = fragment.ends,
		flags = fragment.flags,
		keyed = fragment.keyed,
		nonce = fragment.nonce,
		tokenBytes = fragment.tokenBytes,
		expected = fragment.token,
		data = fragment.data,
		stored = stored,
		count = 1,
		frames = { { number = number, data = fragment.data, token = fragment.token } },
		openedS = time,
	}
	local result = { verdict = fragment.keyed and "unverified" or "anchor" }
	if isLast then
		result.whole = finish(chain)
	else
		rivals[#rivals + 1] = chain
	end
	return result
end

local function takeNext(name, fragment, number, time)
	local rivals = rivalsOf(name, time)
	local verdict, tokenBytes = "orphan", nil
	for i, chain in ipairs(rivals) do
		tokenBytes = tokenBytes or chain.tokenBytes
		local stored = chain.stored or fragment.offset
		if fragment.offset < stored then
			verdict = "duplicate"
		elseif fragment.offset > stored then
			if verdict ~= "duplicate" then verdict = "gap" end
		elseif continues(chain, fragment) then
			local b = chain.tokenBytes
			local data = fragment.rest:sub(b + 1)
			chain.expected = fragment.rest:sub(1, b)
			chain.data = chain.data .. data
			chain.stored = fragment.offset + #data
			chain.count = chain.count + 1
			chain.frames[chain.count] = { number = number }
			local result = { verdict = chain.keyed and "unverified" or "verified", tokenBytes = b }
			local isLast = isZero(chain.expected)
			local fault = faultOf(chain.stored, fragment.size, isLast)
			if isLast or fault ~= nil then table.remove(rivals, i) end
			if fault ~= nil then
				result.verdict = fault
			elseif isLast then
				result.whole = finish(chain)
			end
			return result
		elseif verdict == "orphan" then
			verdict = "mismatch"
		end
	end
	return { verdict = verdict, tokenBytes = tokenBytes }
end

-- Dissection.

local function dissectHello(tvb, pinfo, tree)
	local capabilities = tvb(2, 1):uint()
	local flags = tree:add(f.capabilities, tvb(2, 1))
	flags:add(f.chains, tvb(2, 1))
	flags:add(f.clusters, tvb(2, 1))
	tree:add(f.boot, tvb(3, 2))
	tree:add(f.sequence, tvb(5, 2))
	local info = string.format("HELLO, boot %d%s", tvb(3, 2):uint(), band(capabilities, 1) ~= 0 and ", chains" or "")
	pinfo.cols.info = info
	if band(capabilities, 2) == 0 then return end
	if tvb:len() < 9 then
		tree:add_proto_expert_info(truncated)
		return
	end
	tree:add(f.charge, tvb(7, 1))
	tree:add(f.neighbours, tvb(8, 1))
	pinfo.cols.info = string.format("%s, clusters, charge %d", info, tvb(7, 1):uint())
end

local function dissectBeacon(tvb, pinfo, tree)
	local cost = tvb(7, 2):uint() / 256
	tree:add(f.sequence, tvb(2, 2))
	tree:add(f.epoch, tvb(4, 2))
	tree:add(f.hops, tvb(6, 1))
	tree:add(f.cost, tvb(7, 2), cost)
	tree:add(f.sink, tvb(9, 8))
	pinfo.cols.info = string.format("Gradient beacon, hops %d, cost %.1f", tvb(6, 1):uint(), cost)
end

-- What SYNC, ADV and SCHEDULE begin with; returns where it ends.
local function addTime(tvb, tree)
	tree:add(f.sequence, tvb(2, 2))
	tree:add(f.round, tvb(4, 2))
	tree:add(f.elapsed, tvb(6, 4))
	return 10
end

local function infoOf(name, tvb)
	return string.format("%s of round %d after %.1f ms", name, tvb(4, 2):uint(), tvb(6, 4):uint() / 1000)
end

local function addWay(tvb, tree, at)
	tree:add(f.clusterHops, tvb(at, 1))
	tree:add(f.completion, tvb(at + 1, 1), tvb(at + 1, 1):uint() / 255)
end

local function dissectSync(tvb, pinfo, tree)
	local at = addTime(tvb, tree)
	local hops, cost = tvb(at, 1):uint(), tvb(at + 2, 2):uint() / 256
	tree:add(f.clusterHops, tvb(at, 1))
	tree:add(f.charge, tvb(at + 1, 1))
	tree:add(f.clusterCost, tvb(at + 2, 2), cost)
	pinfo.cols.info = string.format("%s, hops %d, cost %.1f", infoOf("SYNC", tvb), hops, cost)
end

local function dissectAdvertisement(tvb, pinfo, tree)
	local at = addTime(tvb, tree)
	tree:add(f.clusterFlags, tvb(at, 1)):add(f.tentative, tvb(at, 1))
	tree:add(f.charge, tvb(at + 1, 1))
	tree:add(f.merit, tvb(at + 2, 1))
	tree:add(f.section, tvb(at + 3, 1))
	addWay(tvb, tree, at + 4)
	local tentative = band(tvb(at, 1):uint(), 1) ~= 0
	local charge, section = tvb(at + 1, 1):uint(), tvb(at + 3, 1):uint()
	local name = infoOf(tentative and "Tentative ADV" or "ADV", tvb)
	pinfo.cols.info = string.format("%s, charge %d, section %d", name, charge, section)
end

local function dissectJoin(tvb, pinfo, tree)
	local flags = tree:add(f.clusterFlags, tvb(2, 1))
	flags:add(f.intermediary, tvb(2, 1))
	flags:add(f.clashes, tvb(2, 1))
	tree:add(f.charge, tvb(3, 1))
	tree:add(f.round, tvb(4, 2))
	local asks = band(tvb(2, 1):uint(), 1) ~= 0
	if asks and tvb:len() >= 10 then tree:add(f.turns, tvb(6, 4)) end
	local as = asks and ", as intermediary" or ""
	pinfo.cols.info = string.format("JOIN of round %d%s, charge %d", tvb(4, 2):uint(), as, tvb(3, 1):uint())
end

local function dissectSchedule(tvb, pinfo, tree)
	local at = addTime(tvb, tree)
	local count = tvb(at + 6, 1):uint()
	local octets = band(tvb(at, 1):uint(), 1) ~= 0 and 8 or 2
	local flags = tree:add(f.clusterFlags, tvb(at, 1))
	flags:add(f.longNames, tvb(at, 1))
	flags:add(f.continues, tvb(at, 1))
	tree:add(f.section, tvb(at + 1, 1))
	tree:add(f.charge, tvb(at + 2, 1))
	tree:add(f.meanCharge, tvb(at + 3, 1))
	addWay(tvb, tree, at + 4)
	local list = tree:add(f.members, tvb(at + 6, 1))
	pinfo.cols.info = string.format("%s, section %d, %d members", infoOf("SCHEDULE", tvb), tvb(at + 1, 1):uint(), count)
	at = at + 7
	if tvb:len() < at + count * octets then
		tree:add_proto_expert_info(truncated)
		return
	end
	for i = 0, count - 1 do
		list:add(octets == 2 and f.member or f.member64, tvb(at + i * octets, octets))
	end
end

local function dissectReceipt(tvb, pinfo, tree)
	local flags, count = tvb(6, 1):uint(), tvb(7, 1):uint()
	local name, keyed = band(flags, 1) ~= 0 and 8 or 2, band(flags, 2) ~= 0
	local octets = name + 6 + (keyed and 4 or 0)
	tree:add(f.sequence, tvb(2, 2))
	tree:add(f.issue, tvb(4, 2))
	local item = tree:add(f.clusterFlags, tvb(6, 1))
	item:add(f.longNames, tvb(6, 1))
	item:add(f.receiptKeyed, tvb(6, 1))
	tree:add(f.entries, tvb(7, 1))
	pinfo.cols.info = string.format("RECEIPT %d, %d entries", tvb(4, 2):uint(), count)
	if tvb:len() < 8 + count * octets then
		tree:add_proto_expert_info(truncated)
		return
	end
	for i = 0, count - 1 do
		local at = 8 + i * octets
		local entry = tree:add(f.entry, tvb(at, octets))
		entry:add(name == 2 and f.node or f.node64, tvb(at, name))
		entry:add(f.newest, tvb(at + name, 2))
		entry:add(f.arrived, tvb(at + name + 2, 4))
		if keyed then entry:add(f.receiptCode, tvb(at + name + 6, 4)) end
	end
end

-- Messages by type: how long one is at least, and how it is shown.
local MESSAGES = {
	[1] = { octets = 7, show = dissectHello },
	[2] = { octets = 14, show = dissectSync },
	[3] = { octets = 16, show = dissectAdvertisement },
	[4] = { octets = 6, show = dissectJoin },
	[5] = { octets = 17, show = dissectSchedule },
	[6] = { octets = 8, show = dissectReceipt },
	[0x20] = { octets = 17, show = dissectBeacon },
}

local function showVerdict(tree, result)
	local item = tree:add(f.verdict, result.verdict):set_generated()
	if result.verdict == "mismatch" then item:add_proto_expert_info(suspect) end
end

local function readFirst(tvb, tree)
	local flags = tvb(5, 1):uint()
	local keyed = band(flags, 1) == 1
	local tokenBytes = 4 * (band(rshift(flags, 1), 3) + 1)
	local nonceOctets, micOctets = keyed and 4 or 2, keyed and 4 or 0
	local tokenAt = 6 + nonceOctets
	local dataAt = tokenAt + tokenBytes + micOctets
	local item = tree:add(f.flags, tvb(5, 1))
	item:add(f.keyed, tvb(5, 1))
	item:add(f.tokenBytes, tvb(5, 1), tokenBytes)
	if flags > 7 then
		item:add_proto_expert_info(reserved)
		return nil
	end
	if tvb:len() <= dataAt then
		tree:add_proto_expert_info(truncated)
		return nil
	end
	tree:add(f.nonce, tvb(6, nonceOctets))
	tree:add(f.token, tvb(tokenAt, tokenBytes))
	if keyed then tree:add(f.mic, tvb(tokenAt + tokenBytes, micOctets)) end
	tree:add(f.data, tvb(dataAt))
	return {
		flags = flags,
		keyed = keyed,
		tokenBytes = tokenBytes,
		nonce = tvb(6, nonceOctets):uint(),
		token = tvb:raw(tokenAt, tokenBytes),
		data = tvb:raw(dataAt),
	}
end

local function readNext(tvb, tree)
	if tvb:len() <= 6 then
		tree:add_proto_expert_info(truncated)
		return nil
	end
	local offset = 8 * tvb(5, 1):uint()
	tree:add(f.offset, tvb(5, 1), offset)
	return { offset = offset, rest = tvb:raw(6) }
end

local function showNext(tvb, tree, tokenBytes)
	-- Only the first fragment says how long a token is.
	local dataAt = 6
	if tokenBytes ~= nil and tvb:len() > 6 + tokenBytes then
		tree:add(f.token, tvb(6, tokenBytes))
		dataAt = 6 + tokenBytes
	end
	tree:add(f.data, tvb(dataAt))
end

local function dissectWhole(whole, size, pinfo, tree, root)
	for _, part in ipairs(whole.frames) do
		tree:add(f.part, part.number):set_generated()
	end
	tree:add(f.length, size):set_generated()
	-- What the fragments carry, one behind the other, is the packet as it would stand in one long frame.
	local bytes = ByteArray.new(whole.data, true)
	Dissector.get("6lowpan"):call(bytes:tvb("Reassembled chained fragments"), pinfo, root)
end

local function dissectFragment(tvb, pinfo, tree, root, isFirst)
	if tvb:len() < 6 then
		tree:add_proto_expert_info(truncated)
		return
	end
	local size, tag = band(tvb(1, 2):uint(), 0x7ff), tvb(3, 2):uint()
	tree:add(f.size, tvb(1, 2))
	tree:add(f.tag, tvb(3, 2))
	local fragment = isFirst and readFirst(tvb, tree) or (not isFirst and readNext(tvb, tree)) or nil
	pinfo.cols.info = string.format("Chained %s fragment, tag %d, %d octets", isFirst and "first" or "next", tag, size)
	if fragment == nil then return end
	fragment.size = size
	if found[pinfo.number] == nil then
		fragment.ends = tostring(pinfo.src) .. " " .. tostring(pinfo.dst)
		local name = table.concat({ fragment.ends, size, tag }, " ")
		local take = isFirst and takeFirst or takeNext
		found[pinfo.number] = take(name, fragment, pinfo.number, pinfo.rel_ts)
	end
	local result = found[pinfo.number]
	if not isFirst then showNext(tvb, tree, result.tokenBytes) end
	showVerdict(tree, result)
	pinfo.cols.info:append(", " .. result.verdict)
	if result.whole ~= nil then dissectWhole(result.whole, size, pinfo, tree, root) end
end

local function dissect(tvb, pinfo, root)
	if tvb:len() < 2 or tvb(0, 1):uint() ~= 0xff then return 0 end
	local octet = tvb(1, 1):uint()
	local kind = octet < 0x40 and octet or band(octet, 0xf8)
	if TYPES[kind] == nil then return 0 end
	pinfo.cols.protocol = "Lowguard"
	local tree = root:add(lowguard, tvb())
	tree:add(f.page, tvb(0, 1))
	tree:add(f.type, tvb(1, 1), kind)
	if kind == FIRST or kind == NEXT then
		dissectFragment(tvb, pinfo, tree, root, kind == FIRST)
	elseif tvb:len() < MESSAGES[kind].octets then
		tree:add_proto_expert_info(truncated)
	else
		MESSAGES[kind].show(tvb, pinfo, tree)
	end
	return tvb:len()
end

lowguard.dissector = dissect

-- Not through lowguard.dissector: Wireshark shows as bare data what a dissector says is none of its own.
lowguard:register_heuristic("wpan", function(tvb, pinfo, tree)
	return dissect(tvb, pinfo, tree) > 0
end)
