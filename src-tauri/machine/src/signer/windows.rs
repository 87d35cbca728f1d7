//! Windows: Authenticode, judged by the system's own verifier (WinVerifyTrust), and the name in the signer's certificate.

// The system is asked through its C interface.
#![allow(unsafe_code)]

use super::authenticode::{self, Answer};
use super::{Publisher, SignerError};
use crate::disk;
use std::ffi::c_void;
use std::fs::File;
use std::os::windows::ffi::OsStrExt as _;
use std::os::windows::io::AsRawHandle as _;
use std::path::Path;
use windows::Win32::Foundation::{HANDLE, HWND, INVALID_HANDLE_VALUE};
use windows::Win32::Security::WinTrust::{
    WINTRUST_ACTION_GENERIC_VERIFY_V2, WINTRUST_DATA, WINTRUST_DATA_0, WINTRUST_DATA_REVOCATION_CHECKS,
    WINTRUST_FILE_INFO, WTD_CACHE_ONLY_URL_RETRIEVAL, WTD_CHOICE_FILE, WTD_REVOCATION_CHECK_CHAIN_EXCLUDE_ROOT,
    WTD_REVOCATION_CHECK_NONE, WTD_REVOKE_NONE, WTD_REVOKE_WHOLECHAIN, WTD_STATEACTION_CLOSE, WTD_STATEACTION_VERIFY,
    WTD_UI_NONE, WTHelperGetProvCertFromChain, WTHelperGetProvSignerFromChain, WTHelperProvDataFromStateData,
    WinVerifyTrust,
};
use windows::core::{HRESULT, PCWSTR};

/// Is this program signed by this publisher? The network is never asked: withdrawals are known from what Windows has in its
/// cache, and where it knows nothing that is a warning in the log (TEAMVIEWER.md 12.3).
///
/// # Errors
/// [`SignerError`].
pub fn check(program: &Path, publisher: &Publisher) -> Result<(), SignerError> {
    // Held against change until the verdict is there.
    let file = disk::hold(program).map_err(|error| SignerError::System(error.to_string()))?;
    let mut signature = Signature::verify(program, &file, WTD_REVOKE_WHOLECHAIN);
    if signature.answer() == Answer::RevocationUnknown {
        tracing::warn!(program = %program.display(), "whether the signer's certificate was withdrawn is not known");
        signature = Signature::verify(program, &file, WTD_REVOKE_NONE);
    }
    match signature.answer() {
        Answer::Trusted => publisher.is_holder_of(&signature.certificate),
        Answer::RevocationUnknown => Err(SignerError::System("the withdrawal was not asked about".to_owned())),
        Answer::Refused(error) => Err(error),
    }
}

/// What the system found.
struct Signature {
    code: HRESULT,
    /// The signer's own certificate, DER; empty when the system shows none.
    certificate: Vec<u8>,
}

impl Signature {
    fn verify(program: &Path, file: &File, revocation: WINTRUST_DATA_REVOCATION_CHECKS) -> Self {
        let path: Vec<u16> = program.as_os_str().encode_wide().chain([0]).collect();
        let mut subject = WINTRUST_FILE_INFO {
            cbStruct: size_of::<WINTRUST_FILE_INFO>() as u32,
            pcwszFilePath: PCWSTR(path.as_ptr()),
            hFile: HANDLE(file.as_raw_handle()),
            ..Default::default()
        };
        let whether = if revocation == WTD_REVOKE_NONE {
            WTD_REVOCATION_CHECK_NONE
        } else {
            WTD_REVOCATION_CHECK_CHAIN_EXCLUDE_ROOT
        };
        let mut state = State(WINTRUST_DATA {
            cbStruct: size_of::<WINTRUST_DATA>() as u32,
            dwUIChoice: WTD_UI_NONE,
            fdwRevocationChecks: revocation,
            dwUnionChoice: WTD_CHOICE_FILE,
            Anonymous: WINTRUST_DATA_0 { pFile: &raw mut subject },
            dwStateAction: WTD_STATEACTION_VERIFY,
            dwProvFlags: whether | WTD_CACHE_ONLY_URL_RETRIEVAL,
            ..Default::default()
        });
        let code = HRESULT(state.call());
        Self { code, certificate: state.certificate() }
    }

    fn answer(&self) -> Answer {
        authenticode::answer(self.code.0.cast_unsigned(), &self.code.message())
    }
}

/// A verification in progress, closed in the end.
struct State(WINTRUST_DATA);

impl State {
    fn call(&mut self) -> i32 {
        let mut action = WINTRUST_ACTION_GENERIC_VERIFY_V2;
        // No window and nobody to ask: INVALID_HANDLE_VALUE says so (Microsoft, "WinVerifyTrust function").
        let nobody = HWND(INVALID_HANDLE_VALUE.0);
        let data: *mut WINTRUST_DATA = &raw mut self.0;
        // SAFETY: `data`, and the path, the file and its description that it points to, outlive the call.
        unsafe { WinVerifyTrust(nobody, &raw mut action, data.cast::<c_void>()) }
    }

    /// The first signer's own certificate, the one that WinVerifyTrust judged.
    fn certificate(&self) -> Vec<u8> {
        // SAFETY: the state is the one that the system gave out and is not closed yet. Every pointer is null or points into it
        // (Microsoft, "WTHelperGetProvSignerFromChain function"); what it shows is copied before the state is closed.
        unsafe {
            let data = WTHelperProvDataFromStateData(self.0.hWVTStateData);
            if data.is_null() {
                return Vec::new();
            }
            let signer = WTHelperGetProvSignerFromChain(data, 0, false, 0);
            if signer.is_null() {
                return Vec::new();
            }
            let context = WTHelperGetProvCertFromChain(signer, 0).as_ref().and_then(|found| found.pCert.as_ref());
            context.map_or_else(Vec::new, |context| {
                std::slice::from_raw_parts(context.pbCertEncoded, context.cbCertEncoded as usize).to_vec()
            })
        }
    }
}

impl Drop for State {
    fn drop(&mut self) {
        self.0.dwStateAction = WTD_STATEACTION_CLOSE;
        // The answer to closing says nothing.
        let _ = self.call();
    }
}
