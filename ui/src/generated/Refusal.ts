/**
 * Why an intent was refused.
 */
export type Refusal = "not-offered" | "not-a-code" | "unfit" | "ending";
