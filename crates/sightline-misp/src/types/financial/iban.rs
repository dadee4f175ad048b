//! International bank account numbers (ISO 13616): length by country and the remainder modulo 97.

/// Whether the number has its country's length and its check digits are right.
pub(super) fn is_iban(text: &str) -> bool {
    let Some((country, _)) = text.split_at_checked(2) else {
        return false;
    };
    length(country) == Some(text.len()) && remainder(text) == Some(1)
}

/// The number's remainder modulo 97 with the first four characters moved to the end and letters read as 10 to 35.
fn remainder(text: &str) -> Option<u32> {
    let (start, rest) = text.split_at_checked(4)?;
    let mut remainder = 0;
    for c in rest.chars().chain(start.chars()) {
        let value = c.to_digit(36)?;
        let shift = if value < 10 { 10 } else { 100 };
        remainder = (remainder * shift + value) % 97;
    }
    Some(remainder)
}

/// Characters of a number of this country, from the registry of SWIFT.
fn length(country: &str) -> Option<usize> {
    let length = match country {
        "NO" => 15,
        "BE" => 16,
        "DK" | "FI" | "FK" | "FO" | "GL" | "NL" | "SD" => 18,
        "MK" | "SI" => 19,
        "AT" | "BA" | "EE" | "KZ" | "LT" | "LU" | "MN" | "XK" => 20,
        "CH" | "HR" | "LI" | "LV" => 21,
        "BG" | "BH" | "CR" | "DE" | "GB" | "GE" | "IE" | "ME" | "RS" | "VA" => 22,
        "AE" | "GI" | "IL" | "IQ" | "OM" | "SO" | "TL" => 23,
        "AD" | "CZ" | "ES" | "MD" | "PK" | "RO" | "SA" | "SE" | "SK" | "TN" | "VG" => 24,
        "LY" | "PT" | "ST" => 25,
        "IS" | "TR" => 26,
        "BI" | "DJ" | "FR" | "GR" | "IT" | "MC" | "MR" | "SM" => 27,
        "AL" | "AZ" | "BY" | "CY" | "DO" | "GT" | "HN" | "HU" | "LB" | "NI" | "PL" | "SV" => 28,
        "BR" | "EG" | "PS" | "QA" | "UA" => 29,
        "JO" | "KW" | "MU" | "YE" => 30,
        "MT" | "SC" => 31,
        "LC" => 32,
        "RU" => 33,
        _ => return None,
    };
    Some(length)
}
