//! The keys of a policy and the ranges of their values: the one list of what can be managed.

use std::ops::RangeInclusive;

/// Hours between two checks for something new.
pub const CHECK_HOURS: RangeInclusive<i64> = 1..=168;
/// Hours between two checks when nobody says otherwise (TRUST.md 4.4).
pub const DEFAULT_CHECK_HOURS: u8 = 6;
/// Background downloads, in KiB (1,024 bytes) a second. The least is well above the rate at which a line counts as dead.
pub const RATE_LIMIT_KIB: RangeInclusive<i64> = 16..=1_048_576;

macro_rules! keys {
    ($($(#[$doc:meta])* $key:ident: $name:literal, $wants:literal;)*) => {
        /// The keys of a policy: the one list of what can be managed.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Key { $($(#[$doc])* $key,)* }

        impl Key {
            /// Every key, in the order in which they are shown.
            pub const ALL: &'static [Key] = &[$(Key::$key,)*];

            /// Its name in a policy.
            pub const fn name(self) -> &'static str {
                match self { $(Key::$key => $name,)* }
            }

            /// What a value of it must be, in English.
            pub const fn wants(self) -> &'static str {
                match self { $(Key::$key => $wants,)* }
            }

            pub(super) fn of_name(name: &str) -> Option<Self> {
                match name { $($name => Some(Key::$key),)* _ => None }
            }
        }
    };
}

keys! {
    /// Where signed metadata and packages are asked for, in order; instead of the built-in mirrors.
    Mirrors: "mirrors", "a list of https:// or http:// addresses or absolute folder paths";
    /// The way to the mirrors.
    Proxy: "proxy", "\"none\", \"system\" or an address http://host:port without user and password";
    /// Groups that a roll-out may name.
    Groups: "groups", "a list of names of letters, digits, '-', '_' and '.', at most 64 characters each";
    /// The channel in signed metadata that this PC follows.
    Channel: "channel", "a name of letters, digits and '-', at most 64 characters";
    /// Who renews the helper itself.
    Updates: "updates", "\"own\" or \"managed\"";
    /// Hours between two checks for something new.
    CheckHours: "check_hours", "a whole number from 1 to 168";
    /// What a background download may take, in KiB a second.
    RateLimitKib: "rate_limit_kib", "a whole number from 16 to 1048576";
    /// The language of the faces.
    Language: "language", "\"ko\" or \"en\"";
    /// The person's name, for a PC of one person.
    Name: "name", "a name of at most 40 characters, without a patient's number";
    /// The department in which the PC stands.
    Department: "department", "a department of at most 40 characters, without a patient's number";
    /// The telephone beside the PC.
    Extension: "extension", "a telephone extension of at most 20 characters";
    /// Does the helper start at login?
    StartAtLogin: "start_at_login", "on or off";
    /// Does the wizard come at the first start?
    FirstRun: "first_run", "on or off";
    /// Does the audit journal name the user?
    AuditUserName: "audit_user_name", "on or off";
}
