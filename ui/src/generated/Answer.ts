import type { Refusal } from "./Refusal";

/**
 * The acknowledgement of an intent: what a second process is told at hand-over.
 */
export type Answer = { "answer": "accepted" } | { "answer": "joined" } | { "answer": "refused", "reason": Refusal };
