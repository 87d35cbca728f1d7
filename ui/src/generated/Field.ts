/**
 * A value that a person can read, set or copy.
 */
export type Field = "language" | "name" | "department" | "extension" | "at-login" | "desktop-shortcut" | "mirror" | "proxy" | "state" | "module-version" | "helper-version" | "last-check" | "module" | "finding";
