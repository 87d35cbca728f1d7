import type { Lamp } from "./Lamp";
import type { Option } from "./Option";

/**
 * How a row is answered.
 */
export type Control = { "kind": "choice", chosen: string, options: Array<Option>, } | { "kind": "switch", on: boolean, } | { "kind": "line", value: string, longest: number, } | { "kind": "fact", value: string, lamp: Lamp, };
