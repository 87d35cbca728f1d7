import type { WhoActs } from "./WhoActs";

/**
 * What the supporter wants to hear.
 */
export type ProblemView = { 
/**
 * Which problem, for scripts and the log.
 */
code: string, 
/**
 * The code to read out on the telephone (`helper_core::spoken`).
 */
spoken: string, 
/**
 * Who must act.
 */
who_acts: WhoActs, };
