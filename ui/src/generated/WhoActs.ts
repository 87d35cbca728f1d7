/**
 * Who can mend it.
 */
export type WhoActs = "you" | "hospital-it" | "vendor";
