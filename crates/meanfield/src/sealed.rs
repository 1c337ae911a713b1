//! Work in progress as bytes: whose it is, and a checksum over both. A damaged state would go unnoticed and
//! spoil a result, and so would that of another run.
//!
//! A piece is a head (a mark, the length of the body, a checksum of both), a checksum of the body,
//! and the body: owner and content in postcard. Pieces in one file are found again by their heads
//! behind a damaged one.

use meanfield_files::digest;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

/// How every piece begins.
const MARK: [u8; 8] = *b"\nmfwork\n";
/// Bytes of mark and length; and those before the body.
const HEAD: usize = 16;
const BEFORE: usize = HEAD + 8 + 8;

/// Whose a piece is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Owner {
    /// The program that computed it.
    pub program: String,
    /// Digest of the resolved scenario.
    pub scenario: String,
    /// The run, or what else a file is for.
    pub run: String,
}

/// Why a piece is refused.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Unfit {
    /// It is not as it was written.
    Damaged,
    /// It does not begin as a piece does.
    Foreign,
    /// It is whole, but of something else: what it is of, and what it should be.
    OfAnother(String),
}

impl std::fmt::Display for Unfit {
    fn fmt(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
        match self {
            Self::Damaged => f.write_str("it is damaged"),
            Self::Foreign => f.write_str("it is of another version of meanfield, or damaged"),
            Self::OfAnother(words) => f.write_str(words),
        }
    }
}

/// A piece as bytes.
///
/// # Errors
/// Where the content cannot be serialised.
pub fn seal<T: Serialize>(owner: &Owner, content: &T) -> Result<Vec<u8>, String> {
    let mut bytes =
        postcard::to_extend(&(owner, content), vec![0; BEFORE]).map_err(|error| error.to_string())?;
    let (before, body) = bytes.split_at_mut(BEFORE);
    before[..8].copy_from_slice(&MARK);
    before[8..HEAD].copy_from_slice(&(body.len() as u64).to_le_bytes());
    let of_head = digest::short(&before[..HEAD]);
    before[HEAD..HEAD + 8].copy_from_slice(&of_head);
    before[HEAD + 8..].copy_from_slice(&digest::short(body));
    Ok(bytes)
}

/// The content of a file of one piece.
///
/// # Errors
/// [`Unfit`], where it is damaged or of another owner.
pub fn open<T: DeserializeOwned>(bytes: &[u8], owner: &Owner) -> Result<T, Unfit> {
    match piece(bytes) {
        Some((body, [])) => content(body, owner),
        _ if is_foreign(bytes) => Err(Unfit::Foreign),
        _ => Err(Unfit::Damaged),
    }
}

/// The contents of the pieces in a file, and how many bytes between them are none.
///
/// # Errors
/// [`Unfit`], where the file is none of pieces, or one of them is of another owner.
pub fn open_all<T: DeserializeOwned>(bytes: &[u8], owner: &Owner) -> Result<(Vec<T>, usize), Unfit> {
    let mut contents = Vec::new();
    let mut lost = 0;
    let mut rest = bytes;
    let mut budget = BUDGET * bytes.len();
    while !rest.is_empty() {
        if let Some((body, after)) = piece_within(rest, &mut budget) {
            contents.push(content(body, owner)?);
            rest = after;
        } else {
            let next = rest[1..].windows(MARK.len()).position(|bytes| bytes == MARK);
            let skipped = next.map_or(rest.len(), |at| at + 1);
            lost += skipped;
            rest = &rest[skipped..];
        }
    }
    // A kill may leave part of the first piece, which begins as it should.
    if contents.is_empty() && is_foreign(bytes) { Err(Unfit::Foreign) } else { Ok((contents, lost)) }
}

/// How many times all bytes are examined: a kill leaves one piece whose body is not there, a malicious file
/// any number.
const BUDGET: usize = 8;

/// The same as [`piece`], as long as the bodies examined so far are no longer than the budget.
fn piece_within<'a>(bytes: &'a [u8], budget: &mut usize) -> Option<(&'a [u8], &'a [u8])> {
    *budget = budget.checked_sub(body_length(bytes)?.min(bytes.len()))?;
    piece(bytes)
}

/// Whether bytes do not begin as a piece does.
fn is_foreign(bytes: &[u8]) -> bool {
    !bytes.iter().zip(&MARK).all(|(byte, mark)| byte == mark)
}

/// Body of the piece at the beginning, and what follows it.
fn piece(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let length = body_length(bytes)?;
    let (before, rest) = bytes.split_at_checked(BEFORE)?;
    let (body, rest) = rest.split_at_checked(length)?;
    (before[HEAD + 8..] == digest::short(body)).then_some((body, rest))
}

/// Length of the body of the piece at the beginning; None if no piece begins there.
fn body_length(bytes: &[u8]) -> Option<usize> {
    let (head, sum) = bytes.get(..HEAD + 8)?.split_at(HEAD);
    let is_head = head[..8] == MARK && sum == digest::short(head);
    is_head.then(|| usize::try_from(u64::from_le_bytes(head[8..].try_into().ok()?)).ok())?
}

fn content<T: DeserializeOwned>(body: &[u8], owner: &Owner) -> Result<T, Unfit> {
    let (found, content) = postcard::take_from_bytes::<Owner>(body).map_err(|_| Unfit::Damaged)?;
    if found != *owner {
        return Err(Unfit::OfAnother(difference(&found, owner)));
    }
    postcard::from_bytes(content).map_err(|_| Unfit::Damaged)
}

fn difference(found: &Owner, own: &Owner) -> String {
    match () {
        () if found.program != own.program => {
            format!("meanfield {} computed it, and this is {}", found.program, own.program)
        }
        () if found.scenario != own.scenario => "it is of another scenario".to_owned(),
        () => format!("it is of the run {}, and not of {}", found.run, own.run),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn owner(run: &str) -> Owner {
        Owner { program: "1.0".into(), scenario: "abc".into(), run: run.into() }
    }

    #[test]
    fn every_changed_bit_is_detected() {
        let whole = seal(&owner("sgd"), &vec![1.0, 2.5]).expect("sealed");
        assert_eq!(open::<Vec<f64>>(&whole, &owner("sgd")), Ok(vec![1.0, 2.5]));
        for bit in 0..8 * whole.len() {
            let mut bytes = whole.clone();
            bytes[bit / 8] ^= 1 << (bit % 8);
            let unfit = if bit < 64 { Unfit::Foreign } else { Unfit::Damaged };
            assert_eq!(open::<Vec<f64>>(&bytes, &owner("sgd")), Err(unfit), "bit {bit}");
        }
    }

    #[test]
    fn a_piece_knows_whose_it_is() {
        let whole = seal(&owner("sgd.seed-1"), &1.0).expect("sealed");
        let refused = |owner: Owner| open::<f64>(&whole, &owner).expect_err("of another").to_string();
        assert_eq!(refused(owner("sgd.seed-2")), "it is of the run sgd.seed-1, and not of sgd.seed-2");
        assert_eq!(
            refused(Owner { scenario: "b".into(), ..owner("sgd.seed-1") }),
            "it is of another scenario"
        );
        let newer = Owner { program: "2.0".into(), ..owner("sgd.seed-1") };
        assert_eq!(refused(newer), "meanfield 1.0 computed it, and this is 2.0");
    }

    #[test]
    fn a_damaged_piece_costs_no_other() {
        let pieces: Vec<_> = (0..4).map(|i| seal(&owner("rows"), &i).expect("sealed")).collect();
        let whole = pieces.concat();
        let length = pieces[0].len();
        for bit in 0..8 * whole.len() {
            let mut bytes = whole.clone();
            bytes[bit / 8] ^= 1 << (bit % 8);
            let (found, lost) = open_all::<i32>(&bytes, &owner("rows")).expect("of this owner");
            let hit = (bit / 8 / length) as i32;
            assert_eq!(found, (0..4).filter(|i| *i != hit).collect::<Vec<_>>(), "bit {bit}");
            assert_eq!(lost, length);
        }
    }

    /// A piece after the beginning of another is found, though it is where the body of that would be.
    #[test]
    fn a_piece_after_one_that_was_cut_is_found() {
        let piece = seal(&owner("rows"), &[7.0; 20]).expect("sealed");
        for cut in 0..piece.len() {
            let bytes = [&piece[..cut], &piece[..]].concat();
            let (found, lost) = open_all::<[f64; 20]>(&bytes, &owner("rows")).expect("of this owner");
            assert_eq!((found.len(), lost), (1, cut));
        }
    }

    /// The head of a piece whose body would be this long.
    fn head(length: usize) -> Vec<u8> {
        let head = [&MARK[..], &(length as u64).to_le_bytes()].concat();
        [&head[..], &digest::short(&head), &[0; 8]].concat()
    }

    /// Heads without end, each of which claims all that follows.
    #[test]
    fn ill_intent_costs_no_more_than_a_few_looks() {
        let count = 40_000;
        let bytes: Vec<u8> = (1..=count).rev().flat_map(|left| head(BEFORE * (left - 1))).collect();
        let (found, lost) = open_all::<f64>(&bytes, &owner("rows")).expect("begins as it should");
        assert_eq!((found.len(), lost), (0, bytes.len()));
    }
}
