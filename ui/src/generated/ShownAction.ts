import type { Wish } from "./Wish";

export type ShownAction = { wish: Wish, label: string, };
