export type ProgressView = { percent: number | null, done: number, total: number, rate: number, remaining: number | null, };
