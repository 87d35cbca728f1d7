//! What a file is, from its first bytes: a module for another system or processor is refused before it is signed.

use helper_core::release::{Arch, PackageKind, System};
use std::fs::File;
use std::io::{self, Read as _, Seek as _, SeekFrom};

/// Enough for all headers that are looked at.
const HEAD: u64 = 64 << 10;

/// What the first bytes say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Magic {
    /// A Windows program for these processors.
    Pe(Machine),
    /// A Linux program for these processors.
    Elf(Machine),
    /// A macOS program.
    MachO,
    /// A script with an interpreter line.
    Script,
    /// A zip archive.
    Zip,
    /// A gzip-compressed file.
    Gzip,
    /// None of these.
    Unknown,
}

/// Processors, as program headers name them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Machine {
    /// 32-bit x86.
    X86,
    /// 64-bit x86.
    X86_64,
    /// 64-bit ARM.
    Aarch64,
    /// Anything else.
    Other,
}

impl Magic {
    /// Looks at a file's first bytes.
    ///
    /// # Errors
    /// Those of reading.
    pub fn of(mut file: &File) -> io::Result<Self> {
        let mut head = Vec::new();
        file.seek(SeekFrom::Start(0))?;
        file.take(HEAD).read_to_end(&mut head)?;
        Ok(Self::of_head(&head))
    }

    fn of_head(head: &[u8]) -> Self {
        let starts = |magic: &[u8]| head.starts_with(magic);
        if starts(b"MZ") {
            return pe_machine(head).map_or(Self::Unknown, Self::Pe);
        }
        if starts(b"\x7fELF") {
            return Self::Elf(match number(head, 18) {
                Some(3) => Machine::X86,
                Some(62) => Machine::X86_64,
                Some(183) => Machine::Aarch64,
                _ => Machine::Other,
            });
        }
        let mach = [b"\xcf\xfa\xed\xfe", b"\xce\xfa\xed\xfe", b"\xca\xfe\xba\xbe", b"\xca\xfe\xba\xbf"];
        if mach.iter().any(|magic| starts(*magic)) {
            Self::MachO
        } else if starts(b"#!") {
            Self::Script
        } else if starts(b"PK\x03\x04") || starts(b"PK\x05\x06") {
            Self::Zip
        } else if starts(b"\x1f\x8b\x08") {
            Self::Gzip
        } else {
            Self::Unknown
        }
    }

    /// The form of a package that starts so.
    pub fn kind(self) -> Option<PackageKind> {
        match self {
            Self::Zip => Some(PackageKind::Zip),
            Self::Gzip => Some(PackageKind::TarGz),
            Self::Pe(_) | Self::Elf(_) => Some(PackageKind::Exe),
            Self::MachO | Self::Script | Self::Unknown => None,
        }
    }

    /// May a program with these first bytes be started there? Scripts serve on systems that know them; Windows runs
    /// 32-bit programs on 64-bit x86, and both on ARM.
    pub fn runs_on(self, system: System, arch: Arch) -> bool {
        match (system, self) {
            (System::Windows, Self::Pe(machine)) => match machine {
                Machine::X86 => true,
                Machine::X86_64 => arch != Arch::Any,
                Machine::Aarch64 => arch == Arch::Aarch64,
                Machine::Other => false,
            },
            (System::Linux, Self::Elf(machine)) => match machine {
                Machine::X86 | Machine::X86_64 => arch == Arch::X86_64,
                Machine::Aarch64 => arch == Arch::Aarch64,
                Machine::Other => false,
            },
            (System::Linux | System::Macos, Self::Script) | (System::Macos, Self::MachO) => true,
            _ => false,
        }
    }
}

fn number(head: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_le_bytes(head.get(at..at + 2)?.try_into().ok()?))
}

/// The machine in a PE header; `None` for a DOS program.
fn pe_machine(head: &[u8]) -> Option<Machine> {
    let at = u32::from_le_bytes(head.get(0x3c..0x40)?.try_into().ok()?) as usize;
    if head.get(at..at.checked_add(4)?)? != b"PE\0\0" {
        return None;
    }
    Some(match number(head, at + 4)? {
        0x14c => Machine::X86,
        0x8664 => Machine::X86_64,
        0xaa64 => Machine::Aarch64,
        _ => Machine::Other,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pe(machine: u16) -> Vec<u8> {
        let mut head = vec![0; 0x80];
        head[..2].copy_from_slice(b"MZ");
        head[0x3c] = 0x40;
        head[0x40..0x44].copy_from_slice(b"PE\0\0");
        head[0x44..0x46].copy_from_slice(&machine.to_le_bytes());
        head
    }

    #[test]
    fn headers_are_told_apart() {
        assert_eq!(Magic::of_head(&pe(0x14c)), Magic::Pe(Machine::X86));
        assert_eq!(Magic::of_head(&pe(0x8664)), Magic::Pe(Machine::X86_64));
        assert_eq!(Magic::of_head(b"MZ dos program"), Magic::Unknown);
        let mut elf = vec![0; 64];
        elf[..4].copy_from_slice(b"\x7fELF");
        elf[18] = 183;
        assert_eq!(Magic::of_head(&elf), Magic::Elf(Machine::Aarch64));
        assert_eq!(Magic::of_head(b"<html>"), Magic::Unknown);
        assert_eq!(Magic::of_head(b""), Magic::Unknown);
        assert_eq!(Magic::of_head(b"\xca\xfe\xba\xbe"), Magic::MachO);
        let mut far = pe(0x14c);
        far[0x3c..0x40].copy_from_slice(&u32::MAX.to_le_bytes());
        assert_eq!(Magic::of_head(&far), Magic::Unknown);
    }

    #[test]
    fn only_what_runs_there_fits() {
        use {Arch::*, Machine as M, System::*};
        for (magic, system, arch, fits) in [
            (Magic::Pe(M::X86), Windows, Any, true),
            (Magic::Pe(M::X86_64), Windows, X86_64, true),
            (Magic::Pe(M::X86_64), Windows, Any, false),
            (Magic::Pe(M::Aarch64), Windows, X86_64, false),
            (Magic::Pe(M::X86), Linux, X86_64, false),
            (Magic::Elf(M::X86_64), Linux, X86_64, true),
            (Magic::Elf(M::X86_64), Linux, Any, false),
            (Magic::Elf(M::X86_64), Linux, Aarch64, false),
            (Magic::Script, Linux, Any, true),
            (Magic::Script, Windows, Any, false),
            (Magic::MachO, Macos, Any, true),
            (Magic::Unknown, Macos, Any, false),
        ] {
            assert_eq!(magic.runs_on(system, arch), fits, "{magic:?} {system:?} {arch:?}");
        }
    }
}
