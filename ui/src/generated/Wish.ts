export type Wish = "request" | "restart" | "close-and-continue" | "leave-running" | "force-close" | "go-on" | "start-afresh" | "try-again" | "fetch-fresh" | "show-copy" | "open-origin" | "cancel";
