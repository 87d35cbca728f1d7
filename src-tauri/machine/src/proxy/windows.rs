//! Windows: what was entered in the system's settings is read by the HTTP client's own rules; what they do not know, a proxy for each
//! scheme and scripts (PAC, WPAD), WinHTTP reads and runs (Microsoft: "WinHTTP AutoProxy Support").

// WinHTTP is asked through its C interface.
#![allow(unsafe_code)]

use super::Abilities;
use crate::user::io_error;
use helper_core::proxy_list::first_way;
use std::io;
use std::sync::mpsc;
use std::time::Duration;
use windows::Win32::Foundation::{GlobalFree, HGLOBAL};
use windows::Win32::Networking::WinHttp::{
    WINHTTP_ACCESS_TYPE_NAMED_PROXY, WINHTTP_ACCESS_TYPE_NO_PROXY, WINHTTP_AUTO_DETECT_TYPE_DHCP,
    WINHTTP_AUTO_DETECT_TYPE_DNS_A, WINHTTP_AUTOPROXY_AUTO_DETECT, WINHTTP_AUTOPROXY_CONFIG_URL,
    WINHTTP_AUTOPROXY_OPTIONS, WINHTTP_CURRENT_USER_IE_PROXY_CONFIG, WINHTTP_PROXY_INFO, WinHttpCloseHandle,
    WinHttpGetIEProxyConfigForCurrentUser, WinHttpGetProxyForUrl, WinHttpOpen,
};
use windows::core::{HSTRING, PCWSTR, PWSTR, w};

/// How long a script may take, with its download and with the search for one. After that the connection is straight.
const LIMIT: Duration = Duration::from_secs(8);

/// What of the system's settings can be followed.
pub const fn abilities() -> Abilities {
    Abilities { entered: Ok(()), scripted: Ok(()) }
}

/// The script that this user's settings name.
pub fn script() -> Option<String> {
    Settings::read().ok()?.script
}

/// The way to an address that the settings name and the HTTP client's rules do not see. Blocks, at most [`LIMIT`].
pub(super) fn by_settings(address: &str) -> Option<String> {
    let settings = match Settings::read() {
        Ok(settings) => settings,
        Err(error) => {
            tracing::warn!(%error, "the proxy settings cannot be read");
            return None;
        }
    };
    let scheme = address.split_once(':').map_or("", |(scheme, _)| scheme);
    if let Some(entered) = settings.entered.as_deref().filter(|entered| entered.contains('=')) {
        return super::unless_excepted(first_way(entered, scheme)??, settings.except.as_deref(), address);
    }
    // WinHTTP may take its time (a search for a script asks DHCP and DNS), and cannot be interrupted.
    let (tell, told) = mpsc::channel();
    let url = address.to_owned();
    let begun = std::thread::Builder::new().name("proxy script".into()).spawn(move || {
        let _ = tell.send(settings.ask_script(&url));
    });
    match begun.map(|_| told.recv_timeout(LIMIT)) {
        Ok(Ok(Ok(list))) => first_way(&list?, scheme).flatten(),
        Ok(Ok(Err(error))) => {
            tracing::info!(%error, "the proxy script says nothing: straight");
            None
        }
        Ok(Err(_)) => {
            tracing::warn!("the proxy script took too long: straight");
            None
        }
        Err(error) => {
            tracing::warn!(%error, "the proxy script cannot be asked: straight");
            None
        }
    }
}

/// What this user's settings say ("Internet Options", "Connections").
#[derive(Debug)]
struct Settings {
    search: bool,
    script: Option<String>,
    entered: Option<String>,
    except: Option<String>,
}

impl Settings {
    fn read() -> io::Result<Self> {
        let mut found = WINHTTP_CURRENT_USER_IE_PROXY_CONFIG::default();
        // SAFETY: the place outlives the call; the texts that come out are owned below.
        unsafe { WinHttpGetIEProxyConfigForCurrentUser(&raw mut found) }.map_err(io_error)?;
        Ok(Self {
            search: found.fAutoDetect.as_bool(),
            script: taken(found.lpszAutoConfigUrl),
            entered: taken(found.lpszProxy),
            except: taken(found.lpszProxyBypass),
        })
    }

    /// What the script answers for this address; `None` when there is none, or when it says: straight.
    fn ask_script(&self, address: &str) -> io::Result<Option<String>> {
        let script = self.script.as_deref().map(HSTRING::from);
        let options = WINHTTP_AUTOPROXY_OPTIONS {
            dwFlags: match (&script, self.search) {
                (Some(_), _) => WINHTTP_AUTOPROXY_CONFIG_URL,
                (None, true) => WINHTTP_AUTOPROXY_AUTO_DETECT,
                (None, false) => return Ok(None),
            },
            dwAutoDetectFlags: if script.is_none() {
                WINHTTP_AUTO_DETECT_TYPE_DHCP | WINHTTP_AUTO_DETECT_TYPE_DNS_A
            } else {
                0
            },
            lpszAutoConfigUrl: script.as_ref().map_or(PCWSTR::null(), |script| PCWSTR(script.as_ptr())),
            // The user's log-in is not given to whoever hands out the script.
            fAutoLogonIfChallenged: false.into(),
            ..WINHTTP_AUTOPROXY_OPTIONS::default()
        };
        let session = Session::open()?;
        let mut answer = WINHTTP_PROXY_INFO::default();
        let mut options = options;
        // SAFETY: session, address, options and answer outlive the call; the texts that come out are owned below.
        unsafe { WinHttpGetProxyForUrl(session.0, &HSTRING::from(address), &raw mut options, &raw mut answer) }
            .map_err(io_error)?;
        let (list, _) = (taken(answer.lpszProxy), taken(answer.lpszProxyBypass));
        Ok(list.filter(|_| answer.dwAccessType == WINHTTP_ACCESS_TYPE_NAMED_PROXY))
    }
}

/// A text that WinHTTP lent, which is given back.
fn taken(text: PWSTR) -> Option<String> {
    if text.is_null() {
        return None;
    }
    // SAFETY: WinHTTP made a text that ends with a zero.
    let copy = String::from_utf16_lossy(unsafe { text.as_wide() });
    // SAFETY: its documentation says that the texts are freed so, and it is done once. What it returns tells nothing on success.
    let _ = unsafe { GlobalFree(Some(HGLOBAL(text.0.cast()))) };
    Some(copy).filter(|copy| !copy.trim().is_empty())
}

struct Session(*mut core::ffi::c_void);

impl Session {
    fn open() -> io::Result<Self> {
        // SAFETY: only constants go in; the handle that comes out is owned.
        let session = unsafe {
            WinHttpOpen(w!("support-helper"), WINHTTP_ACCESS_TYPE_NO_PROXY, PCWSTR::null(), PCWSTR::null(), 0)
        };
        if session.is_null() { Err(io::Error::last_os_error()) } else { Ok(Self(session)) }
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        // SAFETY: it is open, and nobody else closes it.
        let _ = unsafe { WinHttpCloseHandle(self.0) };
    }
}
