//! Full-text search: `tsvector` and `tsquery`.
//!
//! Separate because a query comes as a tree that has to be written as an expression. Invariant: no recursion,
//! so that a deep query cannot exhaust the stack.

use super::integer;
use super::reader::{Reader, utf8};
use crate::value::error::DecodeError;

fn push_lexeme(lexeme: &[u8], out: &mut Vec<u8>) -> Result<(), DecodeError> {
    out.push(b'\'');
    for &byte in utf8(lexeme)?.as_bytes() {
        if byte == b'\'' || byte == b'\\' {
            out.push(byte);
        }
        out.push(byte);
    }
    out.push(b'\'');
    Ok(())
}

pub(super) fn write_tsvector(raw: &[u8], out: &mut Vec<u8>) -> Result<(), DecodeError> {
    let mut reader = Reader::new(raw, "tsvector");
    // A lexeme takes at least its NUL and its number of positions.
    for lexeme in 0..reader.count(3)? {
        if lexeme > 0 {
            out.push(b' ');
        }
        push_lexeme(reader.c_string()?, out)?;
        for position in 0..reader.u16()? {
            let entry = reader.u16()?;
            out.push(if position == 0 { b':' } else { b',' });
            integer::push(entry & 0x3fff, out);
            match entry >> 14 {
                3 => out.push(b'A'),
                2 => out.push(b'B'),
                1 => out.push(b'C'),
                _ => {}
            }
        }
    }
    reader.end()
}

enum Node<'a> {
    Lexeme { text: &'a [u8], weights: u8, is_prefix: bool },
    Not,
    Binary { operator: Operator, right_size: usize },
}

#[derive(Clone, Copy, PartialEq)]
enum Operator {
    And,
    Or,
    Phrase { distance: u16 },
}

impl Operator {
    /// How tightly it binds; NOT binds tightest, with 4.
    fn priority(self) -> u8 {
        match self {
            Operator::Or => 1,
            Operator::And => 2,
            Operator::Phrase { .. } => 3,
        }
    }
}

const NOT_PRIORITY: u8 = 4;

pub(super) fn write_tsquery(raw: &[u8], out: &mut Vec<u8>) -> Result<(), DecodeError> {
    let mut reader = Reader::new(raw, "tsquery");
    let mut nodes = Vec::with_capacity(reader.count(2)?);
    for _ in 0..nodes.capacity() {
        nodes.push(read_node(&mut reader)?);
    }
    reader.end()?;
    if nodes.is_empty() {
        return Ok(());
    }
    measure(&mut nodes).ok_or_else(|| reader.malformed())?;
    push_expression(&nodes, out)?.ok_or_else(|| reader.malformed())
}

fn read_node<'a>(reader: &mut Reader<'a>) -> Result<Node<'a>, DecodeError> {
    match reader.u8()? {
        1 => {
            let weights = reader.u8()?;
            let is_prefix = reader.u8()? != 0;
            Ok(Node::Lexeme { text: reader.c_string()?, weights, is_prefix })
        }
        2 => {
            let operator = match reader.u8()? {
                1 => return Ok(Node::Not),
                2 => Operator::And,
                3 => Operator::Or,
                4 => Operator::Phrase { distance: reader.u16()? },
                _ => return Err(reader.malformed()),
            };
            Ok(Node::Binary { operator, right_size: 0 })
        }
        _ => Err(reader.malformed()),
    }
}

/// Nodes come operator first, then the right operand, then the left: finds how long each right operand is.
/// `None` unless they are exactly one tree.
fn measure(nodes: &mut [Node<'_>]) -> Option<()> {
    let mut sizes: Vec<usize> = Vec::new();
    for node in nodes.iter_mut().rev() {
        let size = match node {
            Node::Lexeme { .. } => 1,
            Node::Not => 1 + sizes.pop()?,
            Node::Binary { right_size, .. } => {
                *right_size = sizes.pop()?;
                1 + *right_size + sizes.pop()?
            }
        };
        sizes.push(size);
    }
    (sizes.len() == 1).then_some(())
}

enum Step {
    Operand { at: usize, parent_priority: u8, right_of_phrase: bool },
    Operator(Operator),
    Close,
}

fn push_expression(nodes: &[Node<'_>], out: &mut Vec<u8>) -> Result<Option<()>, DecodeError> {
    let mut steps = vec![Step::Operand { at: 0, parent_priority: 0, right_of_phrase: false }];
    while let Some(step) = steps.pop() {
        match step {
            Step::Close => out.extend_from_slice(b" )"),
            Step::Operator(operator) => push_operator(operator, out),
            Step::Operand { at, parent_priority, right_of_phrase } => match nodes.get(at) {
                None => return Ok(None),
                Some(Node::Lexeme { text, weights, is_prefix }) => {
                    push_lexeme(text, out)?;
                    push_flags(*weights, *is_prefix, out);
                }
                Some(Node::Not) => {
                    if NOT_PRIORITY < parent_priority {
                        out.extend_from_slice(b"( ");
                        steps.push(Step::Close);
                    }
                    out.push(b'!');
                    steps.push(Step::Operand {
                        at: at + 1,
                        parent_priority: NOT_PRIORITY,
                        right_of_phrase: false,
                    });
                }
                Some(Node::Binary { operator, right_size }) => {
                    let priority = operator.priority();
                    let is_phrase = matches!(operator, Operator::Phrase { .. });
                    if priority < parent_priority || (is_phrase && right_of_phrase) {
                        out.extend_from_slice(b"( ");
                        steps.push(Step::Close);
                    }
                    let operand = |at, right_of_phrase| Step::Operand {
                        at,
                        parent_priority: priority,
                        right_of_phrase,
                    };
                    steps.push(operand(at + 1, is_phrase));
                    steps.push(Step::Operator(*operator));
                    steps.push(operand(at + 1 + right_size, false));
                }
            },
        }
    }
    Ok(Some(()))
}

fn push_operator(operator: Operator, out: &mut Vec<u8>) {
    match operator {
        Operator::And => out.extend_from_slice(b" & "),
        Operator::Or => out.extend_from_slice(b" | "),
        Operator::Phrase { distance: 1 } => out.extend_from_slice(b" <-> "),
        Operator::Phrase { distance } => {
            out.extend_from_slice(b" <");
            integer::push(distance, out);
            out.extend_from_slice(b"> ");
        }
    }
}

fn push_flags(weights: u8, is_prefix: bool, out: &mut Vec<u8>) {
    if weights == 0 && !is_prefix {
        return;
    }
    out.push(b':');
    if is_prefix {
        out.push(b'*');
    }
    for (bit, letter) in [(8, b'A'), (4, b'B'), (2, b'C'), (1, b'D')] {
        if weights & bit != 0 {
            out.push(letter);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn query(body: &[&[u8]]) -> Result<String, DecodeError> {
        let mut raw = (body.len() as i32).to_be_bytes().to_vec();
        raw.extend(body.concat());
        let mut out = Vec::new();
        write_tsquery(&raw, &mut out)?;
        Ok(String::from_utf8(out).unwrap())
    }

    const A: &[u8] = b"\x01\x00\x00a\x00";
    const B: &[u8] = b"\x01\x08\x01it's\x00";
    const AND: &[u8] = b"\x02\x02";
    const OR: &[u8] = b"\x02\x03";
    const NOT: &[u8] = b"\x02\x01";
    const THEN: &[u8] = b"\x02\x04\x00\x03";

    #[test]
    fn queries_get_parentheses_where_they_need_them() {
        assert_eq!(query(&[]).unwrap(), "");
        assert_eq!(query(&[AND, B, A]).unwrap(), "'a' & 'it''s':*A");
        assert_eq!(query(&[AND, OR, A, A, NOT, AND, A, A]).unwrap(), "!( 'a' & 'a' ) & ( 'a' | 'a' )");
        assert_eq!(query(&[THEN, THEN, A, A, A]).unwrap(), "'a' <3> ( 'a' <3> 'a' )");
    }

    #[test]
    fn nodes_that_are_not_one_tree_are_refused() {
        assert!(query(&[AND, A]).is_err());
        assert!(query(&[A, A]).is_err());
        assert!(query(&[NOT]).is_err());
        assert!(query(&[b"\x03\x00"]).is_err());
    }

    #[test]
    fn a_deep_query_does_not_exhaust_the_stack() {
        let mut body = vec![NOT; 1_000_000];
        body.push(A);
        assert_eq!(query(&body).unwrap().len(), 1_000_003);
    }

    #[test]
    fn vectors_show_positions_and_weights() {
        let mut raw = 2i32.to_be_bytes().to_vec();
        raw.extend(b"a\\b\0\0\0");
        raw.extend(b"cat\0\0\x02\xc0\x01\x00\x07");
        let mut out = Vec::new();
        write_tsvector(&raw, &mut out).unwrap();
        assert_eq!(String::from_utf8(out).unwrap(), "'a\\\\b' 'cat':1A,7");
        assert!(write_tsvector(raw.get(..raw.len() - 1).unwrap(), &mut Vec::new()).is_err());
    }
}
