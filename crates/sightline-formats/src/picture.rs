//! What a small picture is, by its own bytes: PNG or JPEG, and how large. Nothing is decoded, so that nothing can
//! explode; everything else is refused, SVG above all, which is a program and not a picture.

use std::fmt;

/// Most pixels in width and height: a logo is shown small, and browsers have to unpack it.
pub const MAX_SIDE: u32 = 2_048;

/// The formats that are let in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PictureKind {
    /// PNG.
    Png,
    /// JPEG.
    Jpeg,
}

impl PictureKind {
    /// `image/png` or `image/jpeg`.
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Png => "image/png",
            Self::Jpeg => "image/jpeg",
        }
    }
}

/// A picture that may be shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Picture {
    /// Its format.
    pub kind: PictureKind,
    /// In pixels.
    pub width: u32,
    /// In pixels.
    pub height: u32,
}

/// Why a picture is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoPicture {
    /// Not a PNG and not a JPEG.
    OtherFormat,
    /// It breaks off or contradicts itself.
    Broken,
    /// More pixels than [`MAX_SIDE`].
    TooLarge,
}

impl fmt::Display for NoPicture {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::OtherFormat => f.write_str("Only PNG and JPEG pictures are taken."),
            Self::Broken => f.write_str("The picture is damaged."),
            Self::TooLarge => write!(f, "The picture is wider or higher than {MAX_SIDE} pixels."),
        }
    }
}

const PNG: &[u8] = b"\x89PNG\r\n\x1a\n";
const JPEG: &[u8] = b"\xff\xd8\xff";

impl Picture {
    /// Looks at the bytes of a picture.
    pub fn of(bytes: &[u8]) -> Result<Self, NoPicture> {
        let (kind, size) = if bytes.starts_with(PNG) {
            (PictureKind::Png, png(bytes))
        } else if bytes.starts_with(JPEG) {
            (PictureKind::Jpeg, jpeg(bytes))
        } else {
            return Err(NoPicture::OtherFormat);
        };
        let (width, height) = size.filter(|(w, h)| *w > 0 && *h > 0).ok_or(NoPicture::Broken)?;
        if width > MAX_SIDE || height > MAX_SIDE {
            return Err(NoPicture::TooLarge);
        }
        Ok(Self { kind, width, height })
    }
}

fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    let four: [u8; 4] = bytes.get(at..at.checked_add(4)?)?.try_into().ok()?;
    Some(u32::from_be_bytes(four))
}

fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    let two: [u8; 2] = bytes.get(at..at.checked_add(2)?)?.try_into().ok()?;
    Some(u16::from_be_bytes(two))
}

/// The first chunk must be the header, the last bytes the end chunk.
fn png(bytes: &[u8]) -> Option<(u32, u32)> {
    let whole = bytes.get(12..16)? == b"IHDR" && bytes.ends_with(b"IEND\xae\x42\x60\x82");
    if !whole {
        return None;
    }
    Some((u32_at(bytes, 16)?, u32_at(bytes, 20)?))
}

/// Walks the segments to the frame header; the file must end with the end marker.
fn jpeg(bytes: &[u8]) -> Option<(u32, u32)> {
    if !bytes.ends_with(b"\xff\xd9") {
        return None;
    }
    let mut at = 2;
    loop {
        if *bytes.get(at)? != 0xff {
            return None;
        }
        let marker = *bytes.get(at + 1)?;
        match marker {
            // Fill bytes before a marker.
            0xff => at += 1,
            // Frame headers; the other three of this range are tables.
            0xc0..=0xcf if !matches!(marker, 0xc4 | 0xc8 | 0xcc) => {
                let (height, width) = (u16_at(bytes, at + 5)?, u16_at(bytes, at + 7)?);
                return Some((width.into(), height.into()));
            }
            _ => {
                let length = u16_at(bytes, at + 2)?;
                if length < 2 {
                    return None;
                }
                at = at.checked_add(2 + usize::from(length))?;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn png_of(width: u32, height: u32) -> Vec<u8> {
        let mut bytes = PNG.to_vec();
        bytes.extend_from_slice(b"\0\0\0\x0dIHDR");
        bytes.extend_from_slice(&width.to_be_bytes());
        bytes.extend_from_slice(&height.to_be_bytes());
        bytes.extend_from_slice(b"\x08\x06\0\0\0 crc \0\0\0\0IEND\xae\x42\x60\x82");
        bytes
    }

    fn jpeg_of(width: u16, height: u16) -> Vec<u8> {
        let mut bytes = b"\xff\xd8\xff\xe0\x00\x10JFIF\0\x01\x01\0\0\x01\0\x01\0\0".to_vec();
        bytes.extend_from_slice(b"\xff\xff\xc0\x00\x11\x08");
        bytes.extend_from_slice(&height.to_be_bytes());
        bytes.extend_from_slice(&width.to_be_bytes());
        bytes.extend_from_slice(b"\x03 and so on \xff\xd9");
        bytes
    }

    #[test]
    fn png_and_jpeg_are_let_in_with_their_size() {
        let png = Picture::of(&png_of(64, 48)).unwrap();
        assert_eq!((png.kind, png.width, png.height), (PictureKind::Png, 64, 48));
        let jpeg = Picture::of(&jpeg_of(300, 200)).unwrap();
        assert_eq!(
            (jpeg.kind, jpeg.width, jpeg.height),
            (PictureKind::Jpeg, 300, 200)
        );
    }

    #[test]
    fn everything_else_is_refused() {
        for (bytes, expected) in [
            (
                b"<svg xmlns='http://www.w3.org/2000/svg'/>".to_vec(),
                NoPicture::OtherFormat,
            ),
            (b"<?xml version='1.0'?><svg/>".to_vec(), NoPicture::OtherFormat),
            (b"GIF89a".to_vec(), NoPicture::OtherFormat),
            (
                b"<html><script>alert(1)</script>".to_vec(),
                NoPicture::OtherFormat,
            ),
            (Vec::new(), NoPicture::OtherFormat),
            (PNG.to_vec(), NoPicture::Broken),
            (png_of(0, 5), NoPicture::Broken),
            (JPEG.to_vec(), NoPicture::Broken),
            (b"\xff\xd8\xff\xe0\x00\x00\xff\xd9".to_vec(), NoPicture::Broken),
            (png_of(MAX_SIDE + 1, 5), NoPicture::TooLarge),
            (jpeg_of(5, 60_000), NoPicture::TooLarge),
        ] {
            assert_eq!(Picture::of(&bytes), Err(expected), "{bytes:?}");
        }
    }

    #[test]
    fn every_beginning_of_a_picture_is_damaged() {
        for whole in [png_of(8, 8), jpeg_of(8, 8)] {
            for end in 8..whole.len() {
                assert!(Picture::of(whole.get(..end).unwrap()).is_err(), "{end}");
            }
        }
    }

    #[test]
    fn what_is_appended_to_a_picture_is_refused() {
        let mut png = png_of(8, 8);
        png.extend_from_slice(b"<script>alert(1)</script>");
        assert_eq!(Picture::of(&png), Err(NoPicture::Broken));
    }
}
