import type { WhoActs } from "./WhoActs";

/**
 * What the supporter wants to hear.
 */
export type ProblemView = { 
/**
 * The code to read out.
 */
code: string, 
/**
 * Who must act.
 */
who_acts: WhoActs, };
