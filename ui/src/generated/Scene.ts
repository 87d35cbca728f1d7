/**
 * Which card. Faces choose pictures and layout by it.
 */
export type Scene = "ready" | "looking" | "please-close" | "closing" | "how-to-quit" | "already-running" | "ending" | "preparing" | "starting" | "running" | "problem" | "wizard" | "settings" | "help" | "doctor" | "diagnostics";
