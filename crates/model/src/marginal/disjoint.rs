//! Pieces of a law that overlap, as pieces that do not. No law is known here, only masses and places.

use super::piece::Piece;

/// A sum that remembers what rounding took from it: of slopes as far apart as those of a piece of rounding's
/// width and of one as wide as the law, which come and go.
#[derive(Clone, Copy, Default)]
struct CompensatedSum {
    sum: f64,
    lost: f64,
}

impl CompensatedSum {
    fn plus(self, x: f64) -> Self {
        let sum = self.sum + x;
        let (large, small) = if self.sum.abs() >= x.abs() { (self.sum, x) } else { (x, self.sum) };
        Self { sum, lost: self.lost + (large - sum + small) }
    }

    fn value(self) -> f64 {
        self.sum + self.lost
    }
}

/// The law of these pieces as pieces that do not overlap, in increasing order. Pooled runs on one grid
/// overlap, and then their pieces one after another are no quantile function.
pub fn disjoint(pieces: &[Piece]) -> Vec<Piece> {
    if pieces.windows(2).all(|pair| pair[0].to <= pair[1].from) {
        return pieces.to_vec();
    }
    let mut ends: Vec<f64> = pieces.iter().flat_map(|piece| [piece.from, piece.to]).collect();
    ends.sort_by(f64::total_cmp);
    ends.dedup();
    let mut atoms = vec![0.0; ends.len()];
    let mut slopes = vec![CompensatedSum::default(); ends.len()];
    let mut open = vec![0_i64; ends.len()];
    for piece in pieces {
        if piece.from == piece.to {
            atoms[index_of_end(&ends, piece.from)] += piece.mass;
            continue;
        }
        let slope = piece.mass / (piece.to - piece.from);
        for (end, sign) in [(piece.from, 1), (piece.to, -1)] {
            let at = index_of_end(&ends, end);
            slopes[at] = slopes[at].plus(slope * sign as f64);
            open[at] += sign;
        }
    }
    accumulated(&ends, &atoms, &slopes, &open)
}

/// The index of x among increasing ends.
fn index_of_end(ends: &[f64], x: f64) -> usize {
    ends.partition_point(|&end| end < x)
}

/// Pieces from left to right: at each end its atom, then what is open up to the next end.
fn accumulated(ends: &[f64], atoms: &[f64], slopes: &[CompensatedSum], open: &[i64]) -> Vec<Piece> {
    let mut slope = CompensatedSum::default();
    let mut count = 0;
    let mut pieces = Vec::new();
    for (i, &from) in ends.iter().enumerate() {
        pieces.push(Piece { mass: atoms[i], from, to: from });
        count += open[i];
        // the count, not the sum, says whether anything is open: sums leave rounding behind
        slope = match count {
            0 => CompensatedSum::default(),
            _ => slope.plus(slopes[i].sum).plus(slopes[i].lost),
        };
        if let Some(&to) = ends.get(i + 1) {
            pieces.push(Piece { mass: slope.value() * (to - from), from, to });
        }
    }
    pieces.retain(|piece| piece.mass > 0.0);
    pieces
}
