/// GPT-2's spelling of bytes as printable characters: the bytes that print (`!`-`~`, `¡`-`¬`, `®`-`ÿ`) stand for
/// themselves, the 68 others for U+0100 onwards, in byte order (`encoder.py` of GPT-2).
fn prints(byte: u8) -> bool {
    matches!(byte, 0x21..=0x7E | 0xA1..=0xAC | 0xAE..=0xFF)
}

/// Both directions of the spelling.
pub(in crate::tokenize) struct Alphabet {
    chars: [char; 256],
    /// Byte of U+0000 to U+0143, if any.
    bytes: [Option<u8>; 0x144],
}

impl Alphabet {
    pub(in crate::tokenize) fn new() -> Self {
        let (mut chars, mut bytes, mut next) = (['\0'; 256], [None; 0x144], 0x100);
        for byte in 0..=255u8 {
            let char = match prints(byte) {
                true => char::from(byte),
                false => {
                    next += 1;
                    char::from_u32(next - 1).unwrap_or('\0')
                }
            };
            chars[usize::from(byte)] = char;
            bytes[char as usize] = Some(byte);
        }
        Self { chars, bytes }
    }

    /// How the vocabulary spells one byte.
    pub(in crate::tokenize) fn spell(&self, byte: u8) -> char {
        self.chars[usize::from(byte)]
    }

    /// The bytes that a token of the vocabulary stands for; `None` when it has a character outside the alphabet.
    pub(super) fn bytes(&self, token: &str) -> Option<Vec<u8>> {
        token.chars().map(|c| self.bytes.get(c as usize).copied().flatten()).collect()
    }
}
