//! Everything that can go wrong: its code, who must act, what the person can do. ONE table.

use crate::intent::Wish;
use crate::text::TextKey;
use serde::{Deserialize, Serialize};

/// Who can mend it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub enum WhoActs {
    /// The person at the PC.
    You,
    /// The hospital's IT.
    HospitalIt,
    /// The vendor.
    Vendor,
}

macro_rules! problems {
    ($($(#[$doc:meta])* $name:ident: $code:literal, $headline:ident, $sentence:ident, $who:ident, [$($wish:ident),+];)*) => {
        /// A reason why the module does not run, with a code that stays the same for ever.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(rename_all = "kebab-case")]
        pub enum Problem { $($(#[$doc])* $name,)* }

        impl Problem {
            /// Every problem, for tests and lists.
            pub const ALL: &'static [Problem] = &[$(Problem::$name,)*];

            /// The code to read out on the telephone; the same in the log.
            pub const fn code(self) -> &'static str {
                match self { $(Problem::$name => $code,)* }
            }

            /// The number in its code, 10 to 99; different for every problem.
            pub const fn number(self) -> u8 {
                let code = self.code().as_bytes();
                // "N-12": a letter, a hyphen and two digits (tested).
                (code[2] - b'0') * 10 + (code[3] - b'0')
            }

            /// The headline of its card.
            pub const fn headline(self) -> TextKey {
                match self { $(Problem::$name => TextKey::$headline,)* }
            }

            /// What happened and what to do now.
            pub const fn sentence(self) -> TextKey {
                match self { $(Problem::$name => TextKey::$sentence,)* }
            }

            /// Who must act.
            pub const fn who_acts(self) -> WhoActs {
                match self { $(Problem::$name => WhoActs::$who,)* }
            }

            /// What the card offers, the main thing first. Never empty.
            pub const fn offers(self) -> &'static [Wish] {
                match self { $(Problem::$name => &[$(Wish::$wish),+],)* }
            }
        }
    };
}

problems! {
    /// The PC has no network.
    Offline: "N-11", OfflineHeadline, OfflineSentence, You, [TryAgain, Cancel];
    /// No mirror can be reached; the vendor's own link is offered (SPEC A11).
    MirrorUnreachable: "N-12", MirrorHeadline, MirrorSentence, You, [TryAgain, OpenOrigin, Cancel];
    /// A sign-in page answered instead of the mirror.
    SignInPage: "N-13", SignInHeadline, SignInSentence, You, [TryAgain, Cancel];
    /// The proxy asks for a password (HTTP 407).
    ProxySignIn: "N-14", ProxyHeadline, ProxySentence, HospitalIt, [TryAgain, Cancel];
    /// The mirror is blocked (HTTP 403 and its like).
    Blocked: "N-15", BlockedHeadline, BlockedSentence, HospitalIt, [TryAgain, Cancel];
    /// The certificate of the connection is not accepted: inspection without its CA, or a wrong clock.
    TlsRefused: "N-16", TlsHeadline, TlsSentence, HospitalIt, [TryAgain, Cancel];
    /// This PC's clock is far off, so nothing signed can be judged by its age.
    WrongClock: "N-18", ClockHeadline, ClockSentence, You, [TryAgain, Cancel];
    /// The mirror answers with a fault of its own.
    ServerFault: "N-17", ServerHeadline, ServerSentence, Vendor, [TryAgain, OpenOrigin, Cancel];

    /// Nothing is published for this system (SPEC A10).
    NotPublished: "P-21", NotPublishedHeadline, NotPublishedSentence, Vendor, [OpenOrigin, TryAgain, Cancel];
    /// The release was withdrawn and there is no other.
    Withdrawn: "P-22", WithdrawnHeadline, WithdrawnSentence, Vendor, [TryAgain, Cancel];
    /// The mirror's signed word has expired.
    Stale: "P-23", StaleHeadline, StaleSentence, Vendor, [TryAgain, Cancel];
    /// A signature, hash or version did not hold: not an outage, an alarm.
    Untrusted: "P-24", UntrustedHeadline, UntrustedSentence, Vendor, [TryAgain, Cancel];
    /// This helper was built without the vendor's trust root.
    NotSetUp: "P-25", NotSetUpHeadline, NotSetUpSentence, Vendor, [OpenOrigin, Cancel];

    /// The placed module was damaged again after being repaired twice today (SPEC A5).
    DamagedAgain: "M-31", DamagedHeadline, DamagedSentence, HospitalIt, [FetchFresh, Cancel];
    /// Not enough room on the disk.
    DiskFull: "M-32", DiskFullHeadline, DiskFullSentence, HospitalIt, [TryAgain, Cancel];
    /// The helper's own folder cannot be written.
    FolderNotWritable: "M-33", FolderHeadline, FolderSentence, HospitalIt, [TryAgain, Cancel];
    /// The file vanished or was locked right after it was written.
    Antivirus: "M-34", AntivirusHeadline, AntivirusSentence, HospitalIt, [TryAgain, FetchFresh, Cancel];
    /// The system refuses to start it from where it is.
    StartForbidden: "M-35", ForbiddenHeadline, ForbiddenSentence, HospitalIt, [TryAgain, Cancel];
    /// It was started and did not come up: no window, or gone at once (SPEC A7).
    DidNotStart: "M-36", NoStartHeadline, NoStartSentence, You, [TryAgain, FetchFresh, ShowCopy, Cancel];
    /// The old module could not be ended.
    ModuleStays: "M-37", ModuleStaysHeadline, ModuleStaysSentence, You, [TryAgain, Cancel];

    /// TeamViewer runs as another user (SPEC B5).
    OtherUsers: "T-41", OtherUserHeadline, OtherUserSentence, HospitalIt, [TryAgain, Cancel];
    /// TeamViewer runs as administrator (SPEC B5).
    Administrators: "T-42", AdministratorHeadline, AdministratorSentence, HospitalIt, [TryAgain, Cancel];
    /// TeamViewer did not end, even by force.
    WillNotClose: "T-43", StubbornHeadline, StubbornSentence, You, [TryAgain, Cancel];
    /// The list of processes cannot be read: nothing can be judged, nothing is started.
    CannotLook: "T-44", NoLookHeadline, NoLookSentence, HospitalIt, [TryAgain, Cancel];
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn every_problem_offers_something_and_has_its_own_code() {
        let codes: BTreeSet<_> = Problem::ALL.iter().map(|problem| problem.code()).collect();
        assert_eq!(codes.len(), Problem::ALL.len());
        let numbers: BTreeSet<_> = Problem::ALL.iter().map(|problem| problem.number()).collect();
        assert_eq!(numbers.len(), Problem::ALL.len());
        for problem in Problem::ALL {
            assert_eq!(problem.code()[2..].parse(), Ok(problem.number()));
        }
        for problem in Problem::ALL {
            assert!(!problem.offers().is_empty(), "{problem:?}");
            assert!(problem.offers().len() <= 4, "{problem:?} offers too much at once");
        }
    }

    #[test]
    fn the_origin_is_never_offered_when_a_verification_failed() {
        for problem in [Problem::Untrusted, Problem::Stale, Problem::Withdrawn, Problem::TlsRefused] {
            assert!(!problem.offers().contains(&Wish::OpenOrigin), "{problem:?} (SPEC A11)");
        }
    }
}
