//! Hashing: whole files, and the equal pieces by which a download is resumed and repaired.

use helper_core::release::{Digest, Pieces};
use sha2::{Digest as _, Sha256};
use std::io::{self, Read};

/// Bytes read at once: large enough that the calls do not count, small enough to stay in the processor's cache.
const BUFFER: usize = 256 << 10;

/// Hash of a piece that is in memory.
pub fn hash_piece(bytes: &[u8]) -> Digest {
    Digest(Sha256::digest(bytes).into())
}

/// Hash and length of what a reader gives, at most `max` bytes of it.
///
/// # Errors
/// The reader's own.
pub fn hash_all(reader: &mut dyn Read, max: u64) -> io::Result<(Digest, u64)> {
    let mut hasher = Sha256::new();
    let mut buffer = vec![0; BUFFER];
    let mut reader = reader.take(max);
    let mut length = 0u64;
    loop {
        match reader.read(&mut buffer) {
            Ok(0) => return Ok((Digest(hasher.finalize().into()), length)),
            Ok(count) => {
                hasher.update(buffer.get(..count).unwrap_or_default());
                length += count as u64;
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}

/// Hashes of the pieces of what a reader gives, `size` bytes each and the last one shorter; none for an empty reader.
///
/// # Errors
/// The reader's own; `InvalidInput` for a size of 0.
pub fn pieces_of(reader: &mut dyn Read, size: u32) -> io::Result<Pieces> {
    if size == 0 {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "pieces of 0 bytes"));
    }
    let mut sha256 = Vec::new();
    loop {
        let (digest, length) = hash_all(reader, u64::from(size))?;
        if length > 0 {
            sha256.push(digest);
        }
        if length < u64::from(size) {
            return Ok(Pieces { size, sha256 });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_cover_every_byte_once() {
        for (length, count) in [(0usize, 0), (1, 1), (999, 1), (1000, 1), (1001, 2), (2000, 2), (2500, 3)] {
            let bytes: Vec<u8> = (0..length).map(|n| n as u8).collect();
            let pieces = pieces_of(&mut bytes.as_slice(), 1000).unwrap();
            let expected: Vec<Digest> = bytes.chunks(1000).map(hash_piece).collect();
            assert_eq!((pieces.sha256.len(), pieces.size), (count, 1000));
            assert_eq!(pieces.sha256, expected);
        }
        assert!(pieces_of(&mut io::empty(), 0).is_err());
    }

    #[test]
    fn a_hash_stops_where_told() {
        let (digest, length) = hash_all(&mut io::repeat(0), 1_000_000).unwrap();
        assert_eq!((digest, length), (hash_piece(&vec![0; 1_000_000]), 1_000_000));
        assert_eq!(hash_all(&mut io::empty(), 5).unwrap(), (hash_piece(b""), 0));
    }
}
