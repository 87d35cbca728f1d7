/**
 * Which value.
 */
export type Field = "language" | "name" | "department" | "extension" | "at-login" | "mirror" | "proxy" | "state" | "helper-version" | "module" | "finding";
