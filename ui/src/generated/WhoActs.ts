export type WhoActs = "you" | "hospital-it" | "vendor";
