/**
 * Which value.
 */
export type Field = "language" | "name" | "department" | "extension" | "at-login" | "shortcut" | "mirror" | "proxy" | "state" | "helper-version" | "module" | "finding";
