//! Zip containers (APPNOTE 6.3, zip64 included) as folders of inputs: a WACZ is a zip of WARC files.
//!
//! Members that are stored are read in place; deflated ones are a stream that can be opened anywhere at the price of
//! inflating what lies before.

mod content;

use std::io;

use super::capped::Damage;
use super::source::ByteSource;
use crate::document::FaultKind;

pub use content::{Content, open};

/// Magic bytes of a member's header.
const LOCAL: [u8; 4] = *b"PK\x03\x04";
/// Magic bytes of an entry of the directory.
const ENTRY: [u8; 4] = *b"PK\x01\x02";
/// Magic bytes of the end of the directory.
const END: [u8; 4] = *b"PK\x05\x06";
/// Magic bytes of the pointer to the 64-bit end of the directory.
const POINTER64: [u8; 4] = *b"PK\x06\x07";
/// Magic bytes of the 64-bit end of the directory.
const END64: [u8; 4] = *b"PK\x06\x06";
/// The longest tail in which the end of the directory may stand: 22 bytes, a comment of 65,535, and the pointer.
const TAIL: u64 = 22 + 65_535 + 20;
/// The largest directory that is read, in bytes.
const DIRECTORY_BYTES: u64 = 64 << 20;

/// Whether a file begins like a zip container.
#[must_use]
pub fn begins(head: &[u8]) -> bool {
    head.starts_with(&LOCAL) || head.starts_with(&END)
}

/// A member as the directory lists it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// Its name; bytes that are not UTF-8 become U+FFFD.
    pub name: String,
    /// Where its header stands.
    pub header: u64,
    /// 0: stored, 8: deflated.
    method: u16,
    flags: u16,
    crc: u32,
    /// Bytes in the container.
    stored: u64,
    /// Bytes of the content.
    size: u64,
}

/// What a container holds, and what is wrong with its directory.
#[derive(Debug, Default)]
pub struct Listing {
    /// Its members, in the order in which they stand.
    pub members: Vec<Member>,
    /// Why the directory could not be read; the members are then those that the headers on the way tell of.
    pub damage: Option<Damage>,
}

fn u16_at(bytes: &[u8], at: usize) -> u16 {
    bytes.get(at..at + 2).map_or(0, |two| u16::from(two[0]) | u16::from(two[1]) << 8)
}

fn u32_at(bytes: &[u8], at: usize) -> u32 {
    u32::from(u16_at(bytes, at)) | u32::from(u16_at(bytes, at + 2)) << 16
}

fn u64_at(bytes: &[u8], at: usize) -> u64 {
    u64::from(u32_at(bytes, at)) | u64::from(u32_at(bytes, at + 4)) << 32
}

fn bad(detail: impl Into<String>) -> Damage {
    Damage::new(FaultKind::BadArchive, detail)
}

/// Lists the members of a container.
///
/// # Errors
/// When the medium fails.
pub fn list(source: &dyn ByteSource) -> io::Result<Listing> {
    let damage = match directory(source)? {
        Ok(mut members) => {
            members.sort_by_key(|member| member.header);
            return Ok(Listing { members, damage: None });
        }
        Err(damage) => damage,
    };
    Ok(Listing { members: walk(source)?, damage: Some(damage) })
}

/// Where the directory stands: offset and length.
fn place(source: &dyn ByteSource) -> io::Result<Option<(u64, u64)>> {
    let from = source.len().saturating_sub(TAIL);
    let tail = source.read_at(from, TAIL as usize)?;
    let ends = memchr::memmem::rfind_iter(&tail, &END);
    // The comment behind must end where the file ends.
    let fits = |at: &usize| at + 22 + usize::from(u16_at(&tail, at + 20)) == tail.len();
    let Some(at) = ends.take(64).find(fits) else { return Ok(None) };
    let (length, offset) = (u64::from(u32_at(&tail, at + 12)), u64::from(u32_at(&tail, at + 16)));
    let wide = offset == u64::from(u32::MAX) || length == u64::from(u32::MAX) || u16_at(&tail, at + 10) == u16::MAX;
    let pointer = at.checked_sub(20).map(|start| &tail[start..at]).filter(|bytes| bytes.starts_with(&POINTER64));
    if let Some(pointer) = pointer.filter(|_| wide) {
        let end = source.read_at(u64_at(pointer, 8), 56)?;
        return Ok((end.len() == 56 && end.starts_with(&END64)).then(|| (u64_at(&end, 48), u64_at(&end, 40))));
    }
    Ok(Some((offset, length)))
}

fn directory(source: &dyn ByteSource) -> io::Result<Result<Vec<Member>, Damage>> {
    let Some((offset, length)) = place(source)? else {
        return Ok(Err(bad("the zip container has no directory: its end is missing")));
    };
    if length > DIRECTORY_BYTES || offset.checked_add(length).is_none_or(|end| end > source.len()) {
        return Ok(Err(bad("the directory of the zip container does not lie within it")));
    }
    let bytes = source.read_at(offset, length as usize)?;
    let mut members = Vec::new();
    let mut rest = bytes.as_slice();
    while rest.starts_with(&ENTRY) && rest.len() >= 46 {
        let name = usize::from(u16_at(rest, 28));
        let extra = usize::from(u16_at(rest, 30));
        let comment = usize::from(u16_at(rest, 32));
        let Some(variable) = rest.get(46..46 + name + extra + comment) else { break };
        let mut member = Member {
            name: String::from_utf8_lossy(&variable[..name]).into_owned(),
            header: u64::from(u32_at(rest, 42)),
            method: u16_at(rest, 10),
            flags: u16_at(rest, 8),
            crc: u32_at(rest, 16),
            stored: u64::from(u32_at(rest, 20)),
            size: u64::from(u32_at(rest, 24)),
        };
        let [size, stored, header] = [&mut member.size, &mut member.stored, &mut member.header];
        widen(&variable[name..name + extra], &mut [size, stored, header]);
        members.push(member);
        rest = &rest[46 + name + extra + comment..];
    }
    if members.is_empty() && length > 0 || rest.starts_with(&ENTRY) {
        return Ok(Err(bad("the directory of the zip container does not parse")));
    }
    Ok(Ok(members))
}

/// Takes the 64-bit values of the extra field 1 for those that do not fit 32 bits.
fn widen(extra: &[u8], values: &mut [&mut u64]) {
    let mut rest = extra;
    while rest.len() >= 4 {
        let len = usize::from(u16_at(rest, 2)).min(rest.len() - 4);
        if u16_at(rest, 0) == 1 {
            let mut field = &rest[4..4 + len];
            for value in values.iter_mut().filter(|value| ***value == u64::from(u32::MAX)) {
                if field.len() >= 8 {
                    **value = u64_at(field, 0);
                    field = &field[8..];
                }
            }
        }
        rest = &rest[4 + len..];
    }
}

/// The members that stand one behind the other from the start, as their own headers say.
fn walk(source: &dyn ByteSource) -> io::Result<Vec<Member>> {
    let mut members = Vec::new();
    let mut at = 0;
    while let Some((mut member, data)) = local(source, at)? {
        let left = source.len().saturating_sub(data);
        let open_end = member.flags & 8 != 0 && member.stored == 0;
        if open_end || member.stored > left {
            // The last one that can be told; what is there of it is read.
            member.stored = left;
            member.flags |= 8;
            member.crc = 0;
            members.push(member);
            break;
        }
        at = data + member.stored;
        members.push(member);
    }
    Ok(members)
}

/// The header at `at`, and where the content behind it begins.
fn local(source: &dyn ByteSource, at: u64) -> io::Result<Option<(Member, u64)>> {
    let head = source.read_at(at, 30)?;
    if head.len() < 30 || !head.starts_with(&LOCAL) {
        return Ok(None);
    }
    let (name, extra) = (usize::from(u16_at(&head, 26)), usize::from(u16_at(&head, 28)));
    let variable = source.read_at(at + 30, name + extra)?;
    if variable.len() < name + extra {
        return Ok(None);
    }
    let mut member = Member {
        name: String::from_utf8_lossy(&variable[..name]).into_owned(),
        header: at,
        method: u16_at(&head, 8),
        flags: u16_at(&head, 6),
        crc: u32_at(&head, 14),
        stored: u64::from(u32_at(&head, 18)),
        size: u64::from(u32_at(&head, 22)),
    };
    widen(&variable[name..], &mut [&mut member.size, &mut member.stored]);
    Ok(Some((member, at + 30 + (name + extra) as u64)))
}
