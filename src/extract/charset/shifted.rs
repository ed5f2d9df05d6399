//! Seven-bit forms that switch sets by escape sequences and that the web standard dropped: ISO-2022-KR and HZ.

/// Whether the bytes start like ISO-2022-KR (RFC 1557: the header `ESC $ ) C` stands before the first shift).
#[must_use]
pub fn is_iso_2022_kr(bytes: &[u8]) -> bool {
    memchr::memmem::find(&bytes[..bytes.len().min(1 << 16)], b"\x1b$)C").is_some()
}

/// Whether the bytes look like HZ (RFC 1843): seven-bit, with both `~{` and `~}` around pairs.
#[must_use]
pub fn is_hz(bytes: &[u8]) -> bool {
    let head = &bytes[..bytes.len().min(1 << 16)];
    let Some(open) = memchr::memmem::find(head, b"~{") else {
        return false;
    };
    let Some(len) = memchr::memmem::find(&head[open..], b"~}") else {
        return false;
    };
    let inner = &head[open + 2..open + len];
    inner.len() >= 2
        && inner.len().is_multiple_of(2)
        && inner.iter().all(|b| (0x21..=0x7E).contains(b))
        && head.is_ascii()
}

/// Rewrites ISO-2022-KR as EUC-KR: between SO and SI the high bit is set.
#[must_use]
pub fn iso_2022_kr_to_euc(bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(bytes.len());
    let mut shifted = false;
    let mut at = 0;
    while at < bytes.len() {
        match bytes[at] {
            0x0E => shifted = true,
            0x0F => shifted = false,
            0x1B if bytes[at..].starts_with(b"\x1b$)C") => at += 3,
            b @ 0x21..=0x7E if shifted => out.push(b | 0x80),
            b => {
                if b == b'\n' {
                    shifted = false;
                }
                out.push(b);
            }
        }
        at += 1;
    }
    out
}

/// Rewrites HZ as EUC-CN (a part of GBK): between `~{` and `~}` the high bit is set; `~~` is a tilde.
#[must_use]
pub fn hz_to_euc(bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(bytes.len());
    let mut shifted = false;
    let mut at = 0;
    while at < bytes.len() {
        match (bytes[at], bytes.get(at + 1)) {
            (b'~', Some(b'{')) => {
                shifted = true;
                at += 1;
            }
            (b'~', Some(b'}')) => {
                shifted = false;
                at += 1;
            }
            (b'~', Some(b'~')) if !shifted => {
                out.push(b'~');
                at += 1;
            }
            (b @ 0x21..=0x7E, _) if shifted => out.push(b | 0x80),
            (b, _) => {
                if b == b'\n' {
                    shifted = false;
                }
                out.push(b);
            }
        }
        at += 1;
    }
    out
}
