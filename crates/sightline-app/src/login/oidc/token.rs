//! The ID token: signed by one of the provider's keys, for us, now, and for this very log-in.

use jsonwebtoken::jwk::Jwk;
use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode, decode_header};
use serde_json::{Map, Value};

/// Signatures that only the provider can make. Those with a shared secret are not among them: a key that everybody may
/// read would be that secret.
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
/// Seconds by which clocks may differ.
const SKEW: i64 = 60;

/// What the token has to say.
pub(super) struct Expected<'a> {
    pub(super) issuer: &'a str,
    pub(super) client_id: &'a str,
    pub(super) nonce: &'a str,
    pub(super) now: i64,
}

/// The claims of a token that holds in every respect; why not, for the log.
pub(super) fn verified(
    token: &str,
    keys: &[Jwk],
    expected: &Expected<'_>,
) -> Result<Map<String, Value>, &'static str> {
    let header = decode_header(token).map_err(|_| "not a token")?;
    if !ALGORITHMS.contains(&header.alg) {
        return Err("a signature that anybody could make");
    }
    let mut validation = Validation::new(header.alg);
    // Times, audience and issuer are checked below, by this instance's clock.
    validation.validate_exp = false;
    validation.validate_aud = false;
    validation.required_spec_claims.clear();
    let fits = |key: &&Jwk| match (&header.kid, &key.common.key_id) {
        (Some(wanted), Some(id)) => wanted == id,
        _ => true,
    };
    let claims = keys
        .iter()
        .filter(fits)
        .filter_map(|key| DecodingKey::from_jwk(key).ok())
        .find_map(|key| decode::<Map<String, Value>>(token, &key, &validation).ok())
        .ok_or("not signed by the provider")?
        .claims;
    check(&claims, expected)?;
    Ok(claims)
}

fn check(claims: &Map<String, Value>, expected: &Expected<'_>) -> Result<(), &'static str> {
    let text = |name: &str| claims.get(name).and_then(Value::as_str);
    let time = |name: &str| {
        claims
            .get(name)
            .and_then(Value::as_f64)
            .and_then(|seconds| format!("{seconds:.0}").parse::<i64>().ok())
    };
    if text("iss") != Some(expected.issuer) {
        return Err("another issuer");
    }
    let audience: Vec<&str> = match claims.get("aud") {
        Some(Value::String(one)) => vec![one],
        Some(Value::Array(list)) => list.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    };
    if !audience.contains(&expected.client_id) {
        return Err("for somebody else");
    }
    let party = text("azp");
    if party.is_some_and(|party| party != expected.client_id) || (audience.len() > 1 && party.is_none()) {
        return Err("given to somebody else");
    }
    if time("exp").is_none_or(|end| end <= expected.now - SKEW) {
        return Err("expired");
    }
    if ["iat", "nbf"]
        .iter()
        .any(|name| time(name).is_some_and(|start| start > expected.now + SKEW))
    {
        return Err("from the future");
    }
    if text("nonce") != Some(expected.nonce) {
        return Err("of another log-in");
    }
    if text("sub").is_none_or(str::is_empty) {
        return Err("about nobody");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use aws_lc_rs::rand::SystemRandom;
    use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair};
    use jsonwebtoken::{EncodingKey, Header, encode};
    use serde_json::json;

    const NOW: i64 = 1_700_000_000;

    fn key() -> (EncodingKey, Jwk) {
        let random = SystemRandom::new();
        let pair = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &random).unwrap();
        let key = EncodingKey::from_ec_der(pair.as_ref());
        let public = Jwk::from_encoding_key(&key, Algorithm::ES256).unwrap();
        (key, public)
    }

    fn outcome(token: &str, keys: &[Jwk]) -> Result<String, &'static str> {
        let expected = Expected {
            issuer: "https://id.example.org",
            client_id: "sightline",
            nonce: "n-1",
            now: NOW,
        };
        verified(token, keys, &expected).map(|claims| claims["sub"].as_str().unwrap().to_owned())
    }

    fn claims(change: &Value) -> Value {
        let mut claims = json!({"iss": "https://id.example.org", "aud": "sightline", "sub": "ada", "nonce": "n-1",
            "iat": NOW, "exp": NOW + 300});
        claims
            .as_object_mut()
            .unwrap()
            .extend(change.as_object().unwrap().clone());
        claims
    }

    #[test]
    fn a_token_holds_only_for_us_now_and_this_log_in() {
        let (key, public) = key();
        for (change, expected) in [
            (json!({}), Ok("ada")),
            (
                json!({"aud": ["other", "sightline"], "azp": "sightline"}),
                Ok("ada"),
            ),
            (
                json!({"aud": ["other", "sightline"]}),
                Err("given to somebody else"),
            ),
            (json!({"azp": "other"}), Err("given to somebody else")),
            (json!({"aud": "other"}), Err("for somebody else")),
            (json!({"iss": "https://evil.example"}), Err("another issuer")),
            (json!({"nonce": "n-0"}), Err("of another log-in")),
            (json!({"nonce": null}), Err("of another log-in")),
            (json!({"exp": NOW - 61}), Err("expired")),
            (json!({"exp": null}), Err("expired")),
            (json!({"iat": NOW + 61}), Err("from the future")),
            (json!({"sub": ""}), Err("about nobody")),
        ] {
            let token = encode(&Header::new(Algorithm::ES256), &claims(&change), &key).unwrap();
            let found = outcome(&token, std::slice::from_ref(&public));
            assert_eq!(found, expected.map(str::to_owned), "{change}");
        }
    }

    #[test]
    fn only_the_providers_keys_sign() {
        let (key, public) = key();
        let (_, other) = self::key();
        let token = encode(&Header::new(Algorithm::ES256), &claims(&json!({})), &key).unwrap();
        assert_eq!(
            outcome(&token, std::slice::from_ref(&other)),
            Err("not signed by the provider")
        );
        assert_eq!(outcome(&token, &[]), Err("not signed by the provider"));
        assert_eq!(outcome(&token, &[other, public.clone()]), Ok("ada".into()));
        // A public key as a shared secret, and no signature at all.
        let secret = EncodingKey::from_secret(&serde_json::to_vec(&public).unwrap());
        let forged = encode(&Header::new(Algorithm::HS256), &claims(&json!({})), &secret).unwrap();
        assert_eq!(
            outcome(&forged, std::slice::from_ref(&public)),
            Err("a signature that anybody could make")
        );
        let body = token.split('.').nth(1).unwrap();
        let unsigned = format!("eyJhbGciOiJub25lIn0.{body}.");
        assert_eq!(
            outcome(&unsigned, std::slice::from_ref(&public)),
            Err("not a token")
        );
        let tampered = token.replace(body, &body.replace('a', "b"));
        assert!(outcome(&tampered, &[public]).is_err());
    }
}
