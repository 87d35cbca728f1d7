//! Whose a process is, and with how many rights it runs.
#![allow(unsafe_code)] // Tokens and security identifiers.

use super::held::Held;
use helper_core::presence::Owner;
use windows::Win32::Foundation::HANDLE;
use windows::Win32::Security::{
    EqualSid, GetSidSubAuthority, GetSidSubAuthorityCount, GetTokenInformation, TOKEN_INFORMATION_CLASS,
    TOKEN_MANDATORY_LABEL, TOKEN_QUERY, TOKEN_USER, TokenIntegrityLevel, TokenUser,
};
use windows::Win32::System::Threading::{GetCurrentProcess, OpenProcessToken};
use windows::core::Owned;

/// A process's user and integrity level.
#[derive(Debug)]
pub(crate) struct Token {
    /// A `TOKEN_USER` and what it points to; whole words, so that it is aligned.
    user: Vec<u64>,
    /// The last part of the integrity label: the higher, the more rights (Mandatory Integrity Control, Microsoft).
    level: u32,
}

impl Token {
    /// This program's own.
    pub(crate) fn mine() -> Option<Self> {
        // SAFETY: A constant that stands for this process; nothing has to be closed.
        Self::of(unsafe { GetCurrentProcess() })
    }

    fn of(process: HANDLE) -> Option<Self> {
        let mut handle = HANDLE::default();
        // SAFETY: The new handle is written to a place that lives until the call returns.
        unsafe { OpenProcessToken(process, TOKEN_QUERY, &mut handle) }.ok()?;
        // SAFETY: It is new and owned by nobody else.
        let token = unsafe { Owned::new(handle) };
        let user = ask(*token, TokenUser)?;
        let label = ask(*token, TokenIntegrityLevel)?;
        // SAFETY: The system filled the buffer with this structure, whose pointers lead into the same buffer.
        let level = unsafe {
            let sid = (*label.as_ptr().cast::<TOKEN_MANDATORY_LABEL>()).Label.Sid;
            let last = u32::from(*GetSidSubAuthorityCount(sid)).checked_sub(1)?;
            *GetSidSubAuthority(sid, last)
        };
        Some(Self { user, level })
    }

    fn is_same_user(&self, other: &Self) -> bool {
        // SAFETY: The system filled both buffers with this structure, whose pointers lead into the same buffer.
        unsafe {
            let sid = |token: &Self| (*token.user.as_ptr().cast::<TOKEN_USER>()).User.Sid;
            EqualSid(sid(self), sid(other)).is_ok()
        }
    }

    /// Whose a process is. One of this user that has more rights (run as administrator) is nobody's as far as can be told:
    /// no message and no end reaches it.
    pub(crate) fn owner_of(&self, process: &Held) -> Owner {
        match Self::of(process.handle()) {
            Some(other) if !self.is_same_user(&other) => Owner::Other,
            Some(other) if other.level <= self.level => Owner::Me,
            Some(_) | None => Owner::Unknown,
        }
    }
}

fn ask(token: HANDLE, what: TOKEN_INFORMATION_CLASS) -> Option<Vec<u64>> {
    let mut needed = 0;
    // SAFETY: Without a buffer only the needed length is written. It says that the buffer is too small: that is expected.
    let _ = unsafe { GetTokenInformation(token, what, None, 0, &mut needed) };
    let mut buffer = vec![0u64; usize::try_from(needed).ok()?.div_ceil(8)];
    if buffer.is_empty() {
        return None;
    }
    let target = buffer.as_mut_ptr().cast();
    // SAFETY: The buffer has at least `needed` bytes and lives until the call returns.
    unsafe { GetTokenInformation(token, what, Some(target), needed, &mut needed) }.ok()?;
    Some(buffer)
}
