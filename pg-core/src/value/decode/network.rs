//! Network addresses: `inet`, `cidr`, `macaddr`, `macaddr8`.
//!
//! Separate because the server shortens IPv6 addresses by a rule of its own.

use super::integer;
use super::reader::Reader;
use crate::value::error::DecodeError;
use crate::value::json::hex_digits;

const FAMILY_V4: u8 = 2;
const FAMILY_V6: u8 = 3;

pub(super) fn write_inet(raw: &[u8], out: &mut Vec<u8>) -> Result<(), DecodeError> {
    let mut reader = Reader::new(raw, "network address");
    let family = reader.u8()?;
    let bits = reader.u8()?;
    let is_network = reader.u8()? != 0;
    let length = usize::from(reader.u8()?);
    let address = reader.take(length)?;
    reader.end()?;
    let widest = match family {
        FAMILY_V4 => {
            push_v4(address.try_into().map_err(|_| reader.malformed())?, out);
            32
        }
        FAMILY_V6 => {
            push_v6(address.try_into().map_err(|_| reader.malformed())?, out);
            128
        }
        _ => return Err(reader.malformed()),
    };
    if bits > widest {
        return Err(reader.malformed());
    }
    if is_network || bits < widest {
        out.push(b'/');
        integer::push(bits, out);
    }
    Ok(())
}

fn push_v4(address: [u8; 4], out: &mut Vec<u8>) {
    for (position, byte) in address.into_iter().enumerate() {
        if position > 0 {
            out.push(b'.');
        }
        integer::push(byte, out);
    }
}

fn push_v6(address: [u8; 16], out: &mut Vec<u8>) {
    let words = std::net::Ipv6Addr::from(address).segments();
    let zeros = longest_zeros(&words);
    let [.., a, b, c, d] = address;
    // Addresses that carry an IPv4 one: ::a.b.c.d and ::ffff:a.b.c.d.
    let [_, _, _, _, _, marker, _, _] = words;
    let carries_v4 = zeros.start == 0 && (zeros.end == 6 || (zeros.end == 5 && marker == 0xffff));
    for (position, word) in words.into_iter().enumerate() {
        if zeros.contains(&position) {
            if position == zeros.start {
                out.push(b':');
            }
            continue;
        }
        if position > 0 {
            out.push(b':');
        }
        if carries_v4 && position == 6 {
            push_v4([a, b, c, d], out);
            return;
        }
        push_word(word, out);
    }
    if !zeros.is_empty() && zeros.end == words.len() {
        out.push(b':');
    }
}

/// The first longest run of at least two zero words.
fn longest_zeros(words: &[u16; 8]) -> std::ops::Range<usize> {
    let mut longest = 0..0;
    let mut start = 0;
    for (position, &word) in words.iter().enumerate() {
        if word != 0 {
            start = position + 1;
        } else if position + 1 - start > longest.len().max(1) {
            longest = start..position + 1;
        }
    }
    longest
}

fn push_word(word: u16, out: &mut Vec<u8>) {
    let [high, low] = word.to_be_bytes();
    let digits = [hex_digits(high), hex_digits(low)];
    let digits = digits.as_flattened();
    let zeros = digits.iter().take_while(|&&digit| digit == b'0').count().min(3);
    out.extend(digits.iter().skip(zeros));
}

pub(super) fn write_macaddr(raw: &[u8], out: &mut Vec<u8>) -> Result<(), DecodeError> {
    push_mac::<6>(raw, "macaddr", out)
}

pub(super) fn write_macaddr8(raw: &[u8], out: &mut Vec<u8>) -> Result<(), DecodeError> {
    push_mac::<8>(raw, "macaddr8", out)
}

fn push_mac<const N: usize>(
    raw: &[u8],
    expected: &'static str,
    out: &mut Vec<u8>,
) -> Result<(), DecodeError> {
    if raw.len() != N {
        return Err(DecodeError::Malformed { expected });
    }
    for (position, &byte) in raw.iter().enumerate() {
        if position > 0 {
            out.push(b':');
        }
        out.extend(hex_digits(byte));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn v6(address: &str) -> String {
        let octets = address.parse::<std::net::Ipv6Addr>().unwrap().octets();
        let mut out = Vec::new();
        push_v6(octets, &mut out);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn v6_addresses_are_shortened_as_the_server_does() {
        for (address, text) in [
            ("::", "::"),
            ("::1", "::1"),
            ("::2", "::2"),
            ("::5:0", "::0.5.0.0"),
            ("::fffe:102:304", "::fffe:102:304"),
            ("1::", "1::"),
            ("::102:304", "::1.2.3.4"),
            ("::ffff:102:304", "::ffff:1.2.3.4"),
            ("1:0:0:2:0:0:0:3", "1:0:0:2::3"),
            ("1:0:0:2:3:0:0:4", "1::2:3:0:0:4"),
            ("1:0:2:3:4:5:6:7", "1:0:2:3:4:5:6:7"),
            ("fe80:abc:10:0:f:ff:fff:ffff", "fe80:abc:10:0:f:ff:fff:ffff"),
        ] {
            assert_eq!(v6(address), text);
        }
    }

    #[test]
    fn masks_show_unless_they_say_one_address() {
        let text = |raw: &[u8]| {
            let mut out = Vec::new();
            write_inet(raw, &mut out).map(|()| String::from_utf8(out).unwrap())
        };
        assert_eq!(text(&[2, 32, 0, 4, 10, 0, 0, 1]).unwrap(), "10.0.0.1");
        assert_eq!(text(&[2, 24, 0, 4, 10, 0, 0, 1]).unwrap(), "10.0.0.1/24");
        assert_eq!(text(&[2, 32, 1, 4, 10, 0, 0, 1]).unwrap(), "10.0.0.1/32");
        assert!(text(&[2, 33, 0, 4, 10, 0, 0, 1]).is_err());
        assert!(text(&[3, 32, 0, 4, 10, 0, 0, 1]).is_err());
        assert!(text(&[4, 32, 0, 4, 10, 0, 0, 1]).is_err());
    }
}
