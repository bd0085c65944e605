//! The key of hashes.
//!
//! Separate so that there is one place where its bytes are. Invariant: neither `Debug` nor an error shows them.

use std::fmt;
use std::hash::{BuildHasher, RandomState};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, LazyLock};

/// Bytes of a block of SHA-256, to which HMAC pads its key. Source: RFC 2104.
const BLOCK: usize = 64;
/// The least bytes of a key.
const LEAST: usize = 16;

/// The key of hashes: whoever has it can try values until one gives the hash. Cloning is cheap.
#[derive(Clone, PartialEq, Eq)]
pub struct MaskKey {
    block: Arc<[u8; BLOCK]>,
}

/// A key of the wrong length.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "the key of masks has {bytes} bytes; it must have {LEAST} to {BLOCK}, as from `openssl rand -hex 32`"
)]
pub struct InvalidMaskKey {
    bytes: usize,
}

impl MaskKey {
    /// A key of these bytes.
    ///
    /// # Errors
    /// When they are fewer than 16 or more than 64.
    pub fn new(bytes: &[u8]) -> Result<MaskKey, InvalidMaskKey> {
        let mut block = [0; BLOCK];
        match block.get_mut(..bytes.len()) {
            Some(front) if bytes.len() >= LEAST => front.copy_from_slice(bytes),
            _ => return Err(InvalidMaskKey { bytes: bytes.len() }),
        }
        Ok(MaskKey { block: Arc::new(block) })
    }

    /// The HMAC-SHA-256 of a message by this key: without the key nobody finds out what the message was, nor tries which it could be.
    #[must_use]
    pub fn hmac(&self, message: &[u8]) -> [u8; 32] {
        use hmac::{Hmac, KeyInit, Mac};

        // A block's length is one that HMAC takes as it is.
        let mut mac = Hmac::<sha2::Sha256>::new(&(*self.block).into());
        mac.update(message);
        mac.finalize().into_bytes().into()
    }

    /// A key that was never used and that nobody can foretell, nor lead back to this one.
    pub(super) fn throwaway(&self) -> MaskKey {
        static PROCESS: LazyLock<RandomState> = LazyLock::new(RandomState::new);
        static MADE: AtomicU64 = AtomicU64::new(0);

        let made = MADE.fetch_add(1, Ordering::Relaxed);
        let mut message = b"throwaway key".to_vec();
        message.extend(PROCESS.hash_one(made).to_be_bytes());
        message.extend(made.to_be_bytes());
        let mut block = [0; BLOCK];
        block.iter_mut().zip(self.hmac(&message)).for_each(|(byte, code)| *byte = code);
        MaskKey { block: Arc::new(block) }
    }

    /// The two padded keys of HMAC, inner and outer.
    pub(super) fn parameters(&self) -> [String; 2] {
        [0x36, 0x5c].map(|pad| {
            let digits = self.block.iter().flat_map(|byte| {
                let byte = byte ^ pad;
                [byte >> 4, byte & 15].map(|digit| char::from_digit(digit.into(), 16).unwrap_or('0'))
            });
            "\\x".chars().chain(digits).collect()
        })
    }
}

impl fmt::Debug for MaskKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("MaskKey([redacted])")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shows_nothing_of_itself() {
        assert_eq!(format!("{:?}", MaskKey::new(&[7; 32]).unwrap()), "MaskKey([redacted])");
    }

    #[test]
    fn is_padded_as_hmac_pads() {
        let [inner, outer] = MaskKey::new(&[0xff; 16]).unwrap().parameters();
        assert!(inner.starts_with("\\xc9c9") && inner.ends_with("3636"), "{inner}");
        assert!(outer.starts_with("\\xa3a3") && outer.ends_with("5c5c"), "{outer}");
        assert_eq!((inner.len(), outer.len()), (130, 130));
    }

    #[test]
    fn makes_the_code_of_rfc_4231() {
        // Test case 3: the key's bytes are padded with zeros, which HMAC does by itself.
        let code = MaskKey::new(&[0xaa; 20]).unwrap().hmac(&[0xdd; 50]);
        let digits: String = code.iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(digits, "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe");
    }

    #[test]
    fn is_another_each_time_where_it_is_shown() {
        let key = MaskKey::new(&[7; 32]).unwrap();
        let (one, other) = (key.throwaway(), key.throwaway());
        assert!(one != other && one != key && one.block.iter().any(|byte| *byte != 0));
    }

    #[test]
    fn refuses_keys_that_are_too_short_or_too_long() {
        assert!(MaskKey::new(&[1; 15]).is_err());
        assert!(MaskKey::new(&[1; 65]).is_err());
        assert!(MaskKey::new(&[1; 64]).is_ok());
    }
}
