//! Where a copy of the signed repository lies: a web server, or a folder (a share, a USB stick). Trust never comes from it.

use std::fmt;
use std::path::{Path, PathBuf};
use std::str::FromStr;

/// One copy of the repository: below it lie `metadata/` and `targets/`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Mirror {
    /// `https://` or, inside a hospital, `http://`; without a slash at the end.
    Http(String),
    /// A folder of this PC or of a share.
    Folder(PathBuf),
}

/// An address that names no mirror.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is no mirror: an https:// or http:// address, or the absolute path of a folder")]
pub struct NoMirror(String);

impl FromStr for Mirror {
    type Err = NoMirror;

    fn from_str(text: &str) -> Result<Self, NoMirror> {
        let text = text.trim();
        let bad = || NoMirror(text.to_owned());
        let scheme = text.split_once("://").map(|(scheme, rest)| (scheme.to_ascii_lowercase(), rest));
        match scheme {
            Some((scheme, _)) if scheme == "https" || scheme == "http" => {
                let address: reqwest::Url = text.parse().map_err(|_| bad())?;
                if address.host_str().is_none_or(str::is_empty)
                    || address.query().is_some()
                    || address.fragment().is_some()
                {
                    return Err(bad());
                }
                Ok(Self::Http(address.as_str().trim_end_matches('/').to_owned()))
            }
            Some((scheme, path)) if scheme == "file" && Path::new(path).is_absolute() => Ok(Self::Folder(path.into())),
            None if Path::new(text).is_absolute() => Ok(Self::Folder(text.into())),
            _ => Err(bad()),
        }
    }
}

impl fmt::Display for Mirror {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Http(address) => f.write_str(address),
            Self::Folder(folder) => write!(f, "{}", folder.display()),
        }
    }
}

/// The mirrors in order; what names none is left out and told, so that one wrong line takes nothing else away.
pub fn mirrors_of<'a>(addresses: impl IntoIterator<Item = &'a str>) -> Vec<Mirror> {
    let parsed = addresses.into_iter().map(str::parse);
    parsed.filter_map(|mirror| mirror.inspect_err(|error: &NoMirror| tracing::warn!(%error, "left out")).ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_and_folders_are_mirrors_and_nothing_else_is() {
        let http = |text: &str| Ok(Mirror::Http(text.to_owned()));
        assert_eq!("https://a.example/m/".parse(), http("https://a.example/m"));
        assert_eq!(" HTTP://127.0.0.1:80 ".parse(), http("http://127.0.0.1"));
        let folder = |text: &str| Ok(Mirror::Folder(text.into()));
        #[cfg(unix)]
        {
            assert_eq!("/media/usb/원격 지원".parse(), folder("/media/usb/원격 지원"));
            assert_eq!("file:///media/usb".parse(), folder("/media/usb"));
        }
        #[cfg(windows)]
        for path in [r"D:\원격 지원", r"\\server\share\원격 지원"] {
            assert_eq!(path.parse(), folder(path));
        }
        for text in
            ["", "a.example", "ftp://a.example", "https://", "https://a.example/?x=1", "relative/path", "file://x"]
        {
            assert!(text.parse::<Mirror>().is_err(), "{text}");
        }
        assert_eq!(mirrors_of(["nonsense", "https://a.example"]).len(), 1);
    }
}
