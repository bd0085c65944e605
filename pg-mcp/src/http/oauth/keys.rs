//! The keys of an authorization server (RFC 7517), read again when a token names one that is not among them.
//!
//! Invariant: a stranger's token cannot make the server ask for keys more often than once in a while; keys that could not be read again
//! for a day are not believed any longer.

use std::{
    sync::{Arc, PoisonError, RwLock},
    time::{Duration, Instant},
};

use jsonwebtoken::{
    Algorithm, DecodingKey,
    jwk::{AlgorithmParameters, EllipticCurve, Jwk, JwkSet, KeyAlgorithm, KeyOperations, PublicKeyUse},
};
use pg_core::{OauthKeys, fetch};
use tokio::sync::Mutex;

/// The most bytes of a set of keys.
const MAX_BYTES: usize = 1 << 20;
/// The shortest time between two attempts to read them from the web, and from a file.
const AGAIN: (Duration, Duration) = (Duration::from_secs(10), Duration::from_secs(1));
/// After how long they are read again though nothing is missing, so that a key that was withdrawn is forgotten.
const STALE: Duration = Duration::from_secs(60 * 60);
/// For how long keys are believed that could not be read again.
const BELIEVED: Duration = Duration::from_secs(24 * 60 * 60);

/// Keys, and where they come from.
#[derive(Debug)]
pub(super) struct Keys {
    from: OauthKeys,
    known: RwLock<Option<Known>>,
    /// When they were asked for last; held while they are.
    asked: Mutex<Option<Instant>>,
}

#[derive(Clone, Debug)]
struct Known {
    keys: Arc<JwkSet>,
    read: Instant,
}

/// Why there is no key for a token.
#[derive(Debug)]
pub(super) enum NoKey {
    /// None of the keys is meant.
    Unknown,
    /// There are no keys.
    NotHad(String),
}

impl Keys {
    pub(super) fn new(from: OauthKeys) -> Self {
        Self { from, known: RwLock::new(None), asked: Mutex::new(None) }
    }

    /// Reads them for the first time. Those on the web may be late.
    pub(super) async fn begin(&self) -> Result<(), String> {
        match (self.read_again().await, &self.from) {
            (Err(problem), OauthKeys::File(_)) => Err(problem),
            (Err(problem), _) => {
                tracing::warn!("the keys of [server.oauth] could not be had yet: {problem}");
                Ok(())
            }
            (Ok(()), _) => Ok(()),
        }
    }

    /// The key by which a token with this head is signed.
    pub(super) async fn find(&self, algorithm: Algorithm, id: Option<&str>) -> Result<DecodingKey, NoKey> {
        let mut known = self.known().filter(|known| known.read.elapsed() < BELIEVED);
        let found = known.as_ref().and_then(|known| pick(&known.keys, algorithm, id));
        let is_stale = known.as_ref().is_none_or(|known| known.read.elapsed() > STALE);
        let mut problem = None;
        let found = match found {
            Some(found) if !is_stale => Some(found),
            _ => {
                problem = self.read_again().await.err();
                known = self.known().filter(|known| known.read.elapsed() < BELIEVED);
                known.as_ref().and_then(|known| pick(&known.keys, algorithm, id))
            }
        };
        match (found, known, problem) {
            (Some(found), _, _) => Ok(found),
            (None, Some(_), _) => Err(NoKey::Unknown),
            (None, None, problem) => {
                Err(NoKey::NotHad(problem.unwrap_or_else(|| "they were asked for a moment ago".to_owned())))
            }
        }
    }

    fn known(&self) -> Option<Known> {
        self.known.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Reads them, unless that was just tried; whoever comes meanwhile waits for the one who does.
    async fn read_again(&self) -> Result<(), String> {
        let mut asked = self.asked.lock().await;
        let again = if matches!(self.from, OauthKeys::File(_)) { AGAIN.1 } else { AGAIN.0 };
        if asked.is_some_and(|asked| asked.elapsed() < again) {
            return Ok(());
        }
        *asked = Some(Instant::now());
        let known = Known { keys: Arc::new(read(&self.from).await?), read: Instant::now() };
        *self.known.write().unwrap_or_else(PoisonError::into_inner) = Some(known);
        Ok(())
    }
}

/// The keys that stand there, at least one of which is of use.
pub(super) async fn read(from: &OauthKeys) -> Result<JwkSet, String> {
    let (bytes, place) = match from {
        OauthKeys::File(file) => {
            let bytes = tokio::fs::read(file).await.map_err(|error| error.to_string());
            (bytes, format!("the file {}", file.display()))
        }
        OauthKeys::Address(address) => (fetch(address, MAX_BYTES).await, address.host().to_owned()),
        _ => (Err("this program does not know where they are".to_owned()), "the keys".to_owned()),
    };
    let bytes = bytes.map_err(|problem| format!("{place}: {problem}"))?;
    let mut keys: JwkSet = serde_json::from_slice(&bytes)
        .map_err(|error| format!("{place}: it is no set of keys (JWKS): {error}"))?;
    keys.keys.retain(|key| ALGORITHMS.iter().any(|algorithm| verifies(key, *algorithm)));
    if keys.keys.is_empty() {
        return Err(format!("{place}: it has no key for signatures"));
    }
    Ok(keys)
}

/// How signatures can be verified here: all of them by public keys.
const ALGORITHMS: [Algorithm; 9] = [
    Algorithm::RS256,
    Algorithm::RS384,
    Algorithm::RS512,
    Algorithm::PS256,
    Algorithm::PS384,
    Algorithm::PS512,
    Algorithm::ES256,
    Algorithm::ES384,
    Algorithm::EdDSA,
];

/// The key with this name, or the only one that can have made such a signature.
fn pick(keys: &JwkSet, algorithm: Algorithm, id: Option<&str>) -> Option<DecodingKey> {
    let mut fitting = keys.keys.iter().filter(|key| {
        verifies(key, algorithm) && id.is_none_or(|id| key.common.key_id.as_deref() == Some(id))
    });
    let key = fitting.next()?;
    match fitting.next() {
        None => DecodingKey::from_jwk(key).ok(),
        Some(_) => None,
    }
}

/// Whether signatures by this algorithm are this key's to verify. Its kind alone decides; what it says of itself can only narrow that.
fn verifies(key: &Jwk, algorithm: Algorithm) -> bool {
    let common = &key.common;
    let meant = matches!(common.public_key_use, None | Some(PublicKeyUse::Signature))
        && common.key_operations.as_ref().is_none_or(|known| known.contains(&KeyOperations::Verify))
        && common.key_algorithm.is_none_or(|named| named == KeyAlgorithm::from(algorithm));
    let able = match (&key.algorithm, algorithm) {
        (
            AlgorithmParameters::RSA(_),
            Algorithm::RS256
            | Algorithm::RS384
            | Algorithm::RS512
            | Algorithm::PS256
            | Algorithm::PS384
            | Algorithm::PS512,
        ) => true,
        (AlgorithmParameters::EllipticCurve(curve), Algorithm::ES256) => curve.curve == EllipticCurve::P256,
        (AlgorithmParameters::EllipticCurve(curve), Algorithm::ES384) => curve.curve == EllipticCurve::P384,
        (AlgorithmParameters::OctetKeyPair(pair), Algorithm::EdDSA) => pair.curve == EllipticCurve::Ed25519,
        _ => false,
    };
    meant && able
}
