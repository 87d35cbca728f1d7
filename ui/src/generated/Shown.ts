import type { Language } from "./Language";
import type { ProblemView } from "./ProblemView";
import type { ProgressView } from "./ProgressView";
import type { Scene } from "./Scene";
import type { ShownAction } from "./ShownAction";

export type Shown = { scene: Scene, language: Language, headline: string, sentence: string, details: Array<string>, actions: Array<ShownAction>, progress: ProgressView | null, problem: ProblemView | null, takes_code: boolean, };
