//! Callers over HTTP whom an authorization server vouches for: whose tokens are believed, what they grant, and what clients are told.
#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    reason = "a test that cannot speak to its server fails there and then; it prepares the server past the toolkit"
)]

use std::{
    fs,
    io::{BufRead, BufReader, Write},
    net::TcpListener,
    path::{Path, PathBuf},
    process::Command,
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use pg_tests::Database;
use ring::{
    hmac,
    rand::SystemRandom,
    signature::{
        ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair, RSA_PKCS1_SHA256, RsaKeyPair,
    },
};
use serde_json::{Value, json};

use super::{
    peer::Site,
    tokens::{bearer, call, code, request, site},
};
use crate::support::configuration;

const ISSUER: &str = "https://login.example.com/";
const RESOURCE: &str = "https://db.example.com/mcp";

/// A key of the authorization server.
enum Signer {
    Ed(Ed25519KeyPair),
    Ec(EcdsaKeyPair),
    Rsa(Box<RsaKeyPair>),
}

impl Signer {
    fn ed() -> Self {
        let key = Ed25519KeyPair::generate_pkcs8(&SystemRandom::new()).expect("a key");
        Self::Ed(Ed25519KeyPair::from_pkcs8(key.as_ref()).expect("a key"))
    }

    fn ec() -> Self {
        let random = SystemRandom::new();
        let way = &ECDSA_P256_SHA256_FIXED_SIGNING;
        let key = EcdsaKeyPair::generate_pkcs8(way, &random).expect("a key");
        Self::Ec(EcdsaKeyPair::from_pkcs8(way, key.as_ref(), &random).expect("a key"))
    }

    fn rsa() -> Self {
        let made = Command::new("openssl")
            .args(["genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048", "-outform", "DER"])
            .output()
            .expect("the command openssl is needed to make a key");
        // Some versions write the key in its own format.
        let key = RsaKeyPair::from_pkcs8(&made.stdout).or_else(|_| RsaKeyPair::from_der(&made.stdout));
        Self::Rsa(Box::new(key.expect("a key")))
    }

    fn algorithm(&self) -> &'static str {
        match self {
            Signer::Ed(_) => "EdDSA",
            Signer::Ec(_) => "ES256",
            Signer::Rsa(_) => "RS256",
        }
    }

    /// The public key, as the authorization server tells it.
    fn public(&self, id: &str) -> Value {
        let mut key = match self {
            Signer::Ed(key) => {
                json!({"kty": "OKP", "crv": "Ed25519", "x": encoded(key.public_key().as_ref())})
            }
            Signer::Ec(key) => {
                let point = key.public_key().as_ref();
                json!({"kty": "EC", "crv": "P-256", "x": encoded(&point[1..33]), "y": encoded(&point[33..])})
            }
            Signer::Rsa(key) => {
                let public = ring::rsa::PublicKeyComponents::<Vec<u8>>::from(key.public());
                json!({"kty": "RSA", "n": encoded(&public.n), "e": encoded(&public.e), "alg": "RS256"})
            }
        };
        key["kid"] = id.into();
        key["use"] = "sig".into();
        key
    }

    fn sign(&self, message: &[u8]) -> Vec<u8> {
        let random = SystemRandom::new();
        match self {
            Signer::Ed(key) => key.sign(message).as_ref().to_vec(),
            Signer::Ec(key) => key.sign(&random, message).expect("signed").as_ref().to_vec(),
            Signer::Rsa(key) => {
                let mut signature = vec![0; key.public().modulus_len()];
                key.sign(&RSA_PKCS1_SHA256, &random, message, &mut signature).expect("signed");
                signature
            }
        }
    }

    /// A token with this head and these claims, laid over good ones; a null takes one away.
    fn token(&self, head: &Value, claims: &Value) -> String {
        let mut whole_head = json!({"alg": self.algorithm(), "typ": "at+jwt", "kid": "one"});
        let mut whole = json!({
            "iss": ISSUER, "aud": RESOURCE, "sub": "ada", "exp": now() + 600, "scope": "openid db:read",
        });
        for (whole, changes) in [(&mut whole_head, head), (&mut whole, claims)] {
            let whole = whole.as_object_mut().expect("an object");
            whole.extend(changes.as_object().expect("an object").clone());
            whole.retain(|_, value| !value.is_null());
        }
        let message = format!(
            "{}.{}",
            encoded(whole_head.to_string().as_bytes()),
            encoded(whole.to_string().as_bytes())
        );
        let signature = self.sign(message.as_bytes());
        format!("{message}.{}", encoded(&signature))
    }

    fn good(&self) -> String {
        self.token(&json!({}), &json!({}))
    }
}

fn encoded(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).expect("a time after 1970").as_secs()
}

/// A file with these keys.
fn key_set(keys: &[Value]) -> PathBuf {
    configuration::file(&json!({ "keys": keys }).to_string())
}

fn configured(url: &str, keys: &Path, grants: &str) -> String {
    format!(
        "[connections.shop]\nurl = {url:?}\naccess = \"write\"\n[server.oauth]\nissuer = {ISSUER:?}\n\
         resource = {RESOURCE:?}\njwks_file = {keys:?}\n{grants}"
    )
}

const READERS: &str = "[[server.oauth.grants]]\nscopes = [\"db:read\"]\n";

/// The code of the answer to a call with this token, and its challenge.
fn asked(site: &Site, token: &str) -> (String, String) {
    let (headers, body) = request(token, "list_connections", &json!({}));
    let reply = site.ask(&headers, &body);
    let challenge =
        reply.lines().find_map(|line| line.strip_prefix("www-authenticate: ")).unwrap_or_default();
    (code(&reply).to_owned(), challenge.to_owned())
}

#[tokio::test]
async fn scopes_and_subjects_decide_what_is_granted_and_roles_whose_rights_hold() {
    let database = Database::shop().await;
    let admin = database.admin().await;
    let owner = database.owner_url();
    let role = format!("{}_ada", database.name());
    let login = "shop_owner";
    admin
        .batch_execute(&format!(
            "CREATE ROLE \"{role}\"; GRANT \"{role}\" TO \"{login}\"; GRANT SELECT ON products TO \"{role}\""
        ))
        .await
        .expect("a role");
    let signer = Signer::ec();
    let keys = key_set(&[signer.public("one")]);
    let site = site(&configured(
        &owner,
        &keys,
        &format!(
            "[[server.oauth.grants]]\nscopes = [\"db:write\"]\nsubjects = [\"grace\"]\naccess = \"write\"\nadministrator = true\n\
             [[server.oauth.grants]]\nscopes = [\"db:read\"]\nroles = {{ ada = {role:?} }}\n{READERS}"
        ),
    ));
    let ada = signer.good();
    let bob = signer.token(&json!({}), &json!({"sub": "bob", "scope": null, "scp": ["db:read"]}));
    let grace = signer.token(&json!({}), &json!({"sub": "grace", "scope": "db:read db:write"}));
    let mallory = signer.token(&json!({}), &json!({"sub": "mallory", "scope": "db:write"}));

    let who = json!({"query": "SELECT current_user::text AS who, session_user::text AS login"});
    let row = |token: &str| call(&site, token, "execute_query", &who)["structuredContent"]["rows"][0].clone();
    assert_eq!(row(&ada), json!({"who": role, "login": login}));
    assert_eq!(row(&bob), json!({"who": login, "login": login}));
    // Whatever a caller leaves on the session, the next call of the same subject has the role again.
    for attempt in [
        "SELECT set_config('role', 'none', false)",
        "RESET ROLE",
        "SET ROLE NONE",
        "SET SESSION AUTHORIZATION DEFAULT",
    ] {
        let refused = call(&site, &ada, "execute_query", &json!({ "query": attempt }));
        assert_eq!(refused["isError"], true, "{attempt}: {refused}");
        assert_eq!(row(&ada)["who"], json!(role));
    }
    let products = json!({"query": "SELECT count(*) AS n FROM products"});
    let customers = json!({"query": "SELECT count(*) AS n FROM customers"});
    assert_eq!(call(&site, &ada, "execute_query", &products)["isError"], json!(false));
    let denied = call(&site, &ada, "execute_query", &customers);
    assert_eq!(denied["structuredContent"]["error"]["sqlstate"], "42501", "{denied}");
    assert_eq!(call(&site, &bob, "execute_query", &customers)["isError"], json!(false));

    let update = json!({"query": "UPDATE customers SET name = name WHERE customer_id = 1"});
    assert_eq!(call(&site, &bob, "execute_query", &update)["structuredContent"]["error"]["kind"], "refused");
    assert_eq!(call(&site, &grace, "execute_query", &update)["structuredContent"]["affected_rows"], 1);
    assert_eq!(code(&site.get("/metrics", &bearer(&bob))), "403");
    assert_eq!(code(&site.get("/metrics", &bearer(&grace))), "200");

    let (code, challenge) = asked(&site, &mallory);
    assert_eq!(code, "403");
    assert!(challenge.contains("error=\"insufficient_scope\""), "{challenge}");
    assert!(challenge.contains("scope=\"db:write db:read\""), "{challenge}");
    drop(site);
    admin
        .batch_execute(&format!("DROP OWNED BY \"{role}\"; DROP ROLE \"{role}\""))
        .await
        .expect("no role any longer");
}

#[test]
fn each_kind_of_key_is_understood_and_no_other_token_than_a_whole_one_is_believed() {
    let (ed, ec, rsa, stranger) = (Signer::ed(), Signer::ec(), Signer::rsa(), Signer::ed());
    let mut for_encryption = stranger.public("five");
    for_encryption["use"] = "enc".into();
    let secret = json!({"kty": "oct", "k": encoded(b"a secret that everybody knows"), "kid": "four"});
    let odd = json!({"kty": "AKP", "alg": "ML-DSA-44", "kid": "six", "pub": "AA"});
    let keys =
        key_set(&[ed.public("one"), ec.public("two"), rsa.public("three"), secret, for_encryption, odd]);
    let site = site(&configured("postgresql://127.0.0.1:1/nothing", &keys, READERS));
    for (signer, id) in [(&ed, "one"), (&ec, "two"), (&rsa, "three")] {
        let token = signer.token(&json!({"kid": id}), &json!({}));
        assert_eq!(asked(&site, &token).0, "200", "{id}");
        // Without a name, the only key of its kind is meant.
        assert_eq!(asked(&site, &signer.token(&json!({"kid": null}), &json!({}))).0, "200", "{id}");
    }
    let good = |claims: Value| ed.token(&json!({}), &claims);
    assert_eq!(asked(&site, &good(json!({"aud": ["other", RESOURCE]}))).0, "200");
    assert_eq!(asked(&site, &good(json!({"exp": now() - 5, "nbf": now() + 5}))).0, "200");

    let whole = ed.good();
    let parts: Vec<&str> = whole.split('.').collect();
    let changed = encoded(
        String::from_utf8(URL_SAFE_NO_PAD.decode(parts[1]).expect("text"))
            .expect("text")
            .replace("ada", "eve")
            .as_bytes(),
    );
    let unsigned = encoded(br#"{"alg":"none","typ":"at+jwt"}"#);
    let by_secret = |key: &[u8], id: &str| {
        let head = json!({"alg": "HS256", "typ": "at+jwt", "kid": id}).to_string();
        let message = format!("{}.{}", encoded(head.as_bytes()), parts[1]);
        let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, key), message.as_bytes());
        format!("{message}.{}", encoded(tag.as_ref()))
    };
    let public = URL_SAFE_NO_PAD.decode(ed.public("one")["x"].as_str().expect("a key")).expect("a key");
    let bad = [
        ("no token", "nonsense".to_owned()),
        ("nothing between the dots", "..".to_owned()),
        ("other claims", format!("{}.{changed}.{}", parts[0], parts[2])),
        ("no signature", format!("{}.{}.", parts[0], parts[1])),
        ("unsigned", format!("{unsigned}.{}.", parts[1])),
        ("unsigned, with a signature", format!("{unsigned}.{}.{}", parts[1], parts[2])),
        ("by the public key as a secret", by_secret(&public, "one")),
        ("by a secret among the keys", by_secret(b"a secret that everybody knows", "four")),
        ("by a key that nobody knows", stranger.good()),
        ("by a key for encryption", stranger.token(&json!({"kid": "five"}), &json!({}))),
        (
            "by a key that it brings",
            stranger.token(&json!({"kid": null, "jwk": stranger.public("one")}), &json!({})),
        ),
        ("by a key with another name", ed.token(&json!({"kid": "two"}), &json!({}))),
        ("an identity", ed.token(&json!({"typ": "dpop+jwt"}), &json!({}))),
        ("with demands", ed.token(&json!({"crit": ["b64"], "b64": false}), &json!({}))),
        ("expired", good(json!({"exp": now() - 60}))),
        ("for ever", good(json!({"exp": null}))),
        ("expiring in words", good(json!({"exp": "never"}))),
        ("not yet", good(json!({"nbf": now() + 60}))),
        ("not yet, in words", good(json!({"nbf": "tomorrow"}))),
        ("of another issuer", good(json!({"iss": "https://login.example.com"}))),
        ("of several issuers", good(json!({"iss": [ISSUER, "https://evil.example.com"]}))),
        ("of no issuer", good(json!({"iss": null}))),
        ("for another audience", good(json!({"aud": "https://other.example.com/mcp"}))),
        ("for nobody", good(json!({"aud": null}))),
        ("of nobody", good(json!({"sub": null}))),
        ("of an empty name", good(json!({"sub": ""}))),
        ("of many names", good(json!({"sub": ["ada", "bob"]}))),
        ("a long one", good(json!({"more": "x".repeat(20_000)}))),
    ];
    for (what, token) in bad {
        let (code, challenge) = asked(&site, &token);
        assert_eq!(code, "401", "{what}: {challenge}");
        assert!(challenge.starts_with("Bearer error=\"invalid_token\""), "{what}: {challenge}");
        assert!(
            !challenge.contains(&token[token.len().min(40)..]) || token.len() <= 40,
            "{what}: {challenge}"
        );
    }
    assert_eq!(asked(&site, &whole).0, "200");
}

#[test]
fn a_client_without_a_token_is_told_where_to_get_one() {
    let signer = Signer::ed();
    let keys = key_set(&[signer.public("one")]);
    let site = site(&configured("postgresql://127.0.0.1:1/nothing", &keys, READERS));
    let reply = site.ask("", "{}");
    assert_eq!(code(&reply), "401");
    let known = "https://db.example.com/.well-known/oauth-protected-resource/mcp";
    let challenge = format!("www-authenticate: Bearer scope=\"db:read\", resource_metadata=\"{known}\"");
    assert!(reply.contains(&challenge), "{reply}");
    for path in ["/.well-known/oauth-protected-resource", "/.well-known/oauth-protected-resource/mcp"] {
        let reply = site.get(path, "");
        let (_, body) = reply.split_once("\r\n\r\n").expect("a body");
        let told: Value = serde_json::from_str(body).unwrap_or_else(|_| panic!("{reply}"));
        assert_eq!(
            told,
            json!({
                "resource": RESOURCE,
                "authorization_servers": [ISSUER],
                "scopes_supported": ["db:read"],
                "bearer_methods_supported": ["header"],
                "resource_name": "pg-mcp",
            })
        );
    }
    assert_eq!(code(&site.get("/metrics", "")), "401");
}

#[test]
fn keys_that_change_are_read_again() {
    let (before, after) = (Signer::ed(), Signer::ec());
    let keys = key_set(&[before.public("one")]);
    let site = site(&configured("postgresql://127.0.0.1:1/nothing", &keys, READERS));
    assert_eq!(asked(&site, &before.good()).0, "200");
    let token = after.token(&json!({"kid": "two"}), &json!({}));
    assert_eq!(asked(&site, &token).0, "401");
    fs::write(&keys, json!({"keys": [after.public("two")]}).to_string()).expect("written");
    let begun = Instant::now();
    while asked(&site, &token).0 != "200" {
        assert!(begun.elapsed() < Duration::from_secs(30), "the new key is not known");
        std::thread::yield_now();
    }
    assert_eq!(asked(&site, &before.good()).0, "401");
}

#[test]
fn keys_come_from_the_web_and_without_them_nobody_is_let_in() {
    let signer = Signer::ed();
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("an address");
    let body = json!({"keys": [signer.public("one")]}).to_string();
    std::thread::spawn(move || {
        for stream in listener.incoming().map_while(Result::ok) {
            let mut reader = BufReader::new(stream);
            let mut line = String::new();
            while reader.read_line(&mut line).is_ok_and(|read| read > 2) {
                line.clear();
            }
            let answer = format!(
                "HTTP/1.1 200 OK\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
                body.len()
            );
            let _sent = reader.get_mut().write_all(answer.as_bytes());
        }
    });
    let closed = TcpListener::bind("127.0.0.1:0").expect("a port").local_addr().expect("an address");
    let config = |place: String| {
        configured("postgresql://127.0.0.1:1/nothing", Path::new("-"), READERS)
            .replace("jwks_file = \"-\"", &format!("jwks_url = \"http://{place}/keys\""))
    };
    assert_eq!(asked(&site(&config(address.to_string())), &signer.good()).0, "200");
    assert_eq!(asked(&site(&config(closed.to_string())), &signer.good()).0, "503");
}

#[test]
fn what_cannot_be_meant_is_refused_when_the_server_starts() {
    let keys = key_set(&[Signer::ed().public("one")]);
    let good = configured("postgresql://127.0.0.1:1/nothing", &keys, READERS);
    let secret_only = key_set(&[json!({"kty": "oct", "k": "AAAA"})]);
    let wrong = [
        (good.replace(READERS, ""), "grants nothing to anybody"),
        (good.replace("scopes = [\"db:read\"]", "scopes = []"), "it fits every token"),
        (good.replace("scopes = [\"db:read\"]", "scopes = [\"a b\"]"), "no scope"),
        (format!("{good}role = \"None\"\n"), "no role"),
        (format!("{good}connections = [\"other\"]\n"), "there is no connection `other`"),
        (good.replace("[[server", "algorithms = [\"HS256\"]\n[[server"), "not believed: allowed are RS256"),
        (good.replace(RESOURCE, "http://db.example.com/mcp"), "https alone"),
        (good.replace("jwks_file", "jwks_url"), "begins with https://"),
        (good.replace("[[server", "jwks_url = \"https://login.example.com/keys\"\n[[server"), "one place"),
        (good.replace(&format!("{keys:?}"), "\"/nowhere/keys.json\""), "/nowhere/keys.json"),
        (good.replace(&format!("{keys:?}"), &format!("{secret_only:?}")), "no key for signatures"),
    ];
    for (content, expected) in wrong {
        let output = Command::new(pg_tests::binary("pg-mcp"))
            .env_clear()
            .arg("--config")
            .arg(configuration::file(&content))
            .args(["--http", "127.0.0.1:0"])
            .output()
            .expect("run");
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(!output.status.success() && said.contains(expected), "{expected}: {said}\n{content}");
    }
}
