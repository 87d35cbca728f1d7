/**
 * What a person may wish by a button or a menu line. What is not offered by the present card is refused.
 */
export type Wish = "request" | "restart" | "close-and-continue" | "leave-running" | "force-close" | "go-on" | "start-afresh" | "try-again" | "fetch-fresh" | "show-copy" | "open-screen-recording" | "open-accessibility" | "open-origin" | "cancel" | "open-wizard" | "next" | "back" | "later" | "finish" | "open-settings" | "open-help" | "open-doctor" | "open-diagnostics" | "save-diagnostics" | "check-now" | "close-page";
