import type { WhoActs } from "./WhoActs";

export type ProblemView = { code: string, who_acts: WhoActs, };
