type FromType<T, S> = T extends "string"
	? string
	: T extends "number" | "integer"
		? number
		: T extends "boolean"
			? boolean
			: T extends "null"
				? null
				: T extends "array"
					? readonly (S extends { readonly items: infer I } ? FromSchema<I> : unknown)[]
					: T extends "object"
						? FromObject<S>
						: never;

type FromObject<S> = (S extends { readonly properties: infer P }
	? { readonly [K in keyof P]: FromSchema<P[K]> }
	: unknown) &
	(S extends { readonly additionalProperties: infer A }
		? A extends false
			? unknown
			: { readonly [name: string]: A extends true ? unknown : FromSchema<A> }
		: unknown);

/**
 * The type of the values that a JSON Schema written `as const` accepts, once every default is filled
 * in: no property is optional. Knows `type`, `enum`, `anyOf`, `properties`, `additionalProperties`, `items`.
 */
export type FromSchema<S> = S extends { readonly enum: readonly (infer E)[] }
	? E
	: S extends { readonly anyOf: readonly (infer B)[] }
		? FromSchema<B>
		: S extends { readonly type: readonly (infer T)[] }
			? FromType<T, S>
			: S extends { readonly type: infer T }
				? FromType<T, S>
				: unknown;
