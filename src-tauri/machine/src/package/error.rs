//! What can be wrong with a package, in words for the log and in classes for decisions.

use crate::signer::SignerError;
use helper_core::release::Digest;
use std::io;
use std::path::Path;

/// What a caller can do about a [`PackageError`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Class {
    /// The bytes are not what was signed, or not whole: fetch again.
    Damaged,
    /// The package holds something that is never unpacked: fetching again does not help, the publisher must act.
    Forbidden,
    /// More bytes or entries than the signed limits allow: as `Forbidden`.
    TooLarge,
    /// The disk has no room left: free space, then try again.
    DiskFull,
    /// The system refused a file operation: look at the message.
    Io,
}

/// Why a package was not verified, unpacked or accepted.
#[derive(Debug, thiserror::Error)]
pub enum PackageError {
    /// The file is shorter or longer than its signed length.
    #[error("the file has {found} bytes, {expected} are signed")]
    Length {
        /// Signed length in bytes.
        expected: u64,
        /// Length found on disk in bytes.
        found: u64,
    },
    /// The file's hash is not the signed one.
    #[error("the file's SHA-256 is {found}, {expected} is signed")]
    Hash {
        /// Signed hash.
        expected: Digest,
        /// Hash found on disk.
        found: Digest,
    },
    /// The unpacked tree is not the signed one.
    #[error("the unpacked tree's digest is {found}, {expected} is signed")]
    Tree {
        /// Signed tree digest.
        expected: Digest,
        /// Tree digest found on disk.
        found: Digest,
    },
    /// The archive cannot be read: truncated, bad checksum, malformed.
    #[error("the archive is damaged: {0}")]
    Archive(String),
    /// The program to start is not in the package.
    #[error("the package has no file {0:?} to start")]
    EntryMissing(String),
    /// The program to start is there, but not marked executable.
    #[error("{0:?} is not an executable file")]
    EntryNotExecutable(String),
    /// A name that is not allowed in a package.
    #[error("the name {name:?} is not allowed: {why}")]
    Name {
        /// The name, unreadable bytes replaced.
        name: String,
        /// What is wrong with it.
        why: &'static str,
    },
    /// Two entries are one file on some system: the same name, or different only in case or Unicode form.
    #[error("{second:?} clashes with {first:?}")]
    Clash {
        /// The name seen first.
        first: String,
        /// The name that clashes with it.
        second: String,
    },
    /// A kind of entry that is never unpacked: hard link, device, sparse file, setuid program, ...
    #[error("{name:?} is {what}, which is not allowed")]
    Kind {
        /// The entry's name.
        name: String,
        /// What it is.
        what: &'static str,
    },
    /// A symbolic link that is not relative, or that leaves the package.
    #[error("the link {name:?} to {target:?} is not allowed: {why}")]
    Link {
        /// The link's name.
        name: String,
        /// Where it points.
        target: String,
        /// What is wrong with it.
        why: &'static str,
    },
    /// More unpacked bytes than allowed.
    #[error("the package unpacks to more than {0} bytes")]
    TooManyBytes(u64),
    /// More files, folders and links than allowed.
    #[error("the package has more than {0} entries")]
    TooManyEntries(u32),
    /// The program is not signed by who should have made it.
    #[error("the program is not the publisher's: {0}")]
    Signer(#[from] SignerError),
    /// The system refused a file operation.
    #[error("{doing}: {source}")]
    Io {
        /// What was tried.
        doing: String,
        /// The system's answer.
        source: io::Error,
    },
}

impl PackageError {
    /// What a caller can do about it.
    pub fn class(&self) -> Class {
        match self {
            Self::Length { .. }
            | Self::Hash { .. }
            | Self::Tree { .. }
            | Self::Archive(_)
            | Self::EntryMissing(_)
            | Self::EntryNotExecutable(_) => Class::Damaged,
            Self::Name { .. } | Self::Clash { .. } | Self::Kind { .. } | Self::Link { .. } => Class::Forbidden,
            // The program could not be looked at; nothing is said about who signed it.
            Self::Signer(SignerError::System(_)) => Class::Io,
            Self::Signer(_) => Class::Forbidden,
            Self::TooManyBytes(_) | Self::TooManyEntries(_) => Class::TooLarge,
            Self::Io { source, .. } => {
                let full = matches!(source.kind(), io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded);
                if full { Class::DiskFull } else { Class::Io }
            }
        }
    }

    /// An error while doing something with a path, as a closure for `map_err`.
    pub(crate) fn at<'a>(doing: &'a str, path: &'a Path) -> impl FnOnce(io::Error) -> Self + 'a {
        move |source| Self::Io { doing: format!("{doing} {}", path.display()), source }
    }

    /// An error while reading an archive. The system's own errors (bad disk, share gone) keep their nature; everything
    /// else was made by a decoder and means that the bytes are bad.
    pub(super) fn reading(source: io::Error) -> Self {
        if source.raw_os_error().is_some() {
            Self::Io { doing: "read the package".into(), source }
        } else {
            Self::Archive(source.to_string())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_disk_is_its_own_class() {
        for kind in [io::ErrorKind::StorageFull, io::ErrorKind::QuotaExceeded] {
            let error = PackageError::Io { doing: "write".into(), source: kind.into() };
            assert_eq!(error.class(), Class::DiskFull);
        }
        let error = PackageError::at("write", Path::new("x"))(io::ErrorKind::PermissionDenied.into());
        assert_eq!(error.class(), Class::Io);
        assert_eq!(error.to_string(), "write x: permission denied");
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn the_systems_own_read_errors_are_not_damage() {
        assert_eq!(PackageError::reading(io::Error::from_raw_os_error(5)).class(), Class::Io);
        assert_eq!(PackageError::reading(io::Error::from_raw_os_error(28)).class(), Class::DiskFull);
        assert_eq!(PackageError::reading(io::ErrorKind::UnexpectedEof.into()).class(), Class::Damaged);
    }
}
