import type { Copy } from "./Copy";
import type { Document } from "./Document";
import type { Form } from "./Form";
import type { Language } from "./Language";
import type { ProblemView } from "./ProblemView";
import type { ProgressView } from "./ProgressView";
import type { Scene } from "./Scene";
import type { ShownAction } from "./ShownAction";

/**
 * The view in one language: what window, dialogs and terminal draw. They have no grammar of their own.
 */
export type Shown = { 
/**
 * Which card.
 */
scene: Scene, 
/**
 * The language of every sentence here.
 */
language: Language, 
/**
 * One headline.
 */
headline: string, 
/**
 * What happens, or what to do now.
 */
sentence: string, 
/**
 * Smaller lines, in the view's order: in `Running` the four numbered parts of the module's window, the dead code, then
 * what was last said about a typed code; in `Problem` the last three are who acts, whom to call, and the code.
 */
details: Array<string>, 
/**
 * What can be done, the main thing first.
 */
actions: Array<ShownAction>, 
/**
 * Fetching.
 */
progress: ProgressView | null, 
/**
 * The problem.
 */
problem: ProblemView | null, 
/**
 * A supporter's code can be entered here.
 */
takes_code: boolean, 
/**
 * What can be answered or read, row by row.
 */
form: Form | null, 
/**
 * What can be copied for the module's window.
 */
copies: Array<Copy>, 
/**
 * Exactly what the diagnostics will contain.
 */
documents: Array<Document>, };
