//! Questions in messages to name servers (RFC 1035, section 4).

const LONGEST_NAME: usize = 255;
const MOST_QUESTIONS: u16 = 16;

/// The questions of a message: names and record types. Empty if it is none.
pub(super) fn questions(message: &[u8]) -> Vec<(String, u16)> {
    let mut questions = Vec::new();
    let number = |at: usize| {
        message
            .get(at..at + 2)
            .and_then(|two| two.try_into().ok())
            .map(u16::from_be_bytes)
    };
    let (Some(flags), Some(count)) = (number(2), number(4)) else {
        return questions;
    };
    let is_response = flags & 0x8000 != 0;
    let is_standard = flags & 0x7800 == 0;
    if is_response || !is_standard || count > MOST_QUESTIONS {
        return questions;
    }
    let mut at = 12;
    for _ in 0..count {
        let Some((name, end)) = name(message, at) else {
            break;
        };
        let Some(record_type) = number(end) else {
            break;
        };
        questions.push((name, record_type));
        at = end + 4;
    }
    questions
}

/// The same for TCP, where the length stands first, maybe in a write of its own.
pub(super) fn questions_in_stream(message: &[u8]) -> Vec<(String, u16)> {
    let length = message
        .first_chunk::<2>()
        .map(|two| usize::from(u16::from_be_bytes(*two)));
    match (length, message.get(2..)) {
        (Some(length), Some(rest)) if length == rest.len() => questions(rest),
        _ => questions(message),
    }
}

/// A name without its final dot, and where it ends. A question is the first in its
/// message to hold a name, so there is nothing that a pointer could point at.
fn name(message: &[u8], mut at: usize) -> Option<(String, usize)> {
    let mut name = String::new();
    loop {
        let length = usize::from(*message.get(at)?);
        at += 1;
        match length {
            0 => return Some((name, at)),
            1..=63 => {}
            _ => return None,
        }
        if !name.is_empty() {
            name.push('.');
        }
        for byte in message.get(at..at + length)? {
            match byte {
                b'!'..=b'~' if *byte != b'.' && *byte != b'\\' => name.push(char::from(*byte)),
                // As master files write them (RFC 1035, section 5.1).
                _ => name.push_str(&format!("\\{byte:03}")),
            }
        }
        at += length;
        if name.len() > 4 * LONGEST_NAME {
            return None;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const QUESTION: &[u8] =
        b"\x12\x34\x01\x00\x00\x01\x00\x00\x00\x00\x00\x00\x03www\x07example\x00\x00\x1c\x00\x01";

    #[test]
    fn a_question_is_read() {
        assert_eq!(questions(QUESTION), [("www.example".to_owned(), 28)]);
    }

    #[test]
    fn a_stream_has_a_length_first_or_alone() {
        let mut stream = vec![0, u8::try_from(QUESTION.len()).unwrap_or(0)];
        stream.extend_from_slice(QUESTION);
        assert_eq!(questions_in_stream(&stream).len(), 1);
        assert_eq!(questions_in_stream(QUESTION).len(), 1);
    }

    #[test]
    fn no_cut_and_no_answer_is_a_question() {
        for end in 0..QUESTION.len() - 2 {
            assert!(questions(&QUESTION[..end]).is_empty(), "{end}");
        }
        let mut answer = QUESTION.to_vec();
        answer[2] |= 0x80;
        assert!(questions(&answer).is_empty());
        assert!(
            questions(b"\x00\x00\x00\x00\x00\x01\x00\x00\x00\x00\x00\x00\xc0\x0c\x00\x01\x00\x01")
                .is_empty()
        );
    }
}
