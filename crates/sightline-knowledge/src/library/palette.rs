//! Colours for the tags of a taxonomy that names none: the same for the same namespace, wherever it is loaded.

/// `#rrggbb` for entry `index` of `count` of a namespace: one hue a namespace, from dark to light over its entries.
/// Lightness stays between 28 and 58 %, so that white text is readable on most and a picker can choose for the rest.
pub(super) fn colour(namespace: &str, index: usize, count: usize) -> String {
    let hue = f64::from(u16::try_from(hash(namespace) % 360).unwrap_or(0));
    let last = u32::try_from(count.saturating_sub(1).max(1)).unwrap_or(u32::MAX);
    let step = f64::from(u32::try_from(index).unwrap_or(last).min(last)) / f64::from(last);
    let (red, green, blue) = from_hsl(hue, 0.62, 0.28 + 0.30 * step);
    format!("#{red:02x}{green:02x}{blue:02x}")
}

/// FNV-1a, because it must give the same on every machine and in every version.
fn hash(text: &str) -> u64 {
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

fn from_hsl(hue: f64, saturation: f64, lightness: f64) -> (u8, u8, u8) {
    let chroma = (1.0 - (2.0 * lightness - 1.0).abs()) * saturation;
    let side = chroma * (1.0 - ((hue / 60.0) % 2.0 - 1.0).abs());
    let (red, green, blue) = match hue {
        h if h < 60.0 => (chroma, side, 0.0),
        h if h < 120.0 => (side, chroma, 0.0),
        h if h < 180.0 => (0.0, chroma, side),
        h if h < 240.0 => (0.0, side, chroma),
        h if h < 300.0 => (side, 0.0, chroma),
        _ => (chroma, 0.0, side),
    };
    let base = lightness - chroma / 2.0;
    (channel(red + base), channel(green + base), channel(blue + base))
}

#[expect(
    clippy::as_conversions,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "clamped to 0..=255 before"
)]
fn channel(part: f64) -> u8 {
    (part * 255.0).round().clamp(0.0, 255.0) as u8
}
