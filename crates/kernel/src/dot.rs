//! Σ a_i b_i without vectors of a chosen instruction set: front to back, or in four running sums that the
//! compiler can keep in a vector. Sums in vectors are in [`reduction`](crate::reduction).

/// Σ a_i b_i, front to back.
#[inline(always)]
pub fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

/// Σ a_i b_i as four running sums, of the numbers whose index leaves 0, 1, 2, 3, and the sum of those that
/// make no four.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct FourSums {
    /// The running sums.
    pub sums: [f64; 4],
    /// The sum over the last numbers, up to three.
    pub rest: f64,
}

impl FourSums {
    /// Those of two slices.
    #[inline(always)]
    pub fn new(a: &[f64], b: &[f64]) -> Self {
        let mut sums = [0.0; 4];
        let a_fours = a.chunks_exact(4);
        let b_fours = b.chunks_exact(4);
        let rest = dot(a_fours.remainder(), b_fours.remainder());
        for (a, b) in a_fours.zip(b_fours) {
            for k in 0..4 {
                sums[k] += a[k] * b[k];
            }
        }
        Self { sums, rest }
    }

    /// The rest, and the four sums from the first to the last.
    #[inline(always)]
    pub fn in_order(self) -> f64 {
        self.rest + self.sums.iter().sum::<f64>()
    }

    /// The four sums in pairs, and the rest.
    #[inline(always)]
    pub fn in_pairs(self) -> f64 {
        let [s0, s1, s2, s3] = self.sums;
        (s0 + s1) + (s2 + s3) + self.rest
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_order_has_every_product_once() {
        for length in [0_u32, 1, 3, 4, 8, 11] {
            let a: Vec<f64> = (1..=length).map(f64::from).collect();
            let exact: f64 = f64::from((1..=length).map(|i| i * i).sum::<u32>());
            let four = FourSums::new(&a, &a);
            assert_eq!([dot(&a, &a), four.in_order(), four.in_pairs()], [exact; 3], "length {length}");
        }
    }

    #[test]
    fn the_orders_are_what_they_say() {
        let a = [1.0, 1e-16, 1e-16, 1e-16];
        let four = FourSums::new(&a, &[1.0; 4]);
        assert_eq!(four.in_order(), 1.0);
        assert_eq!(four.in_pairs(), 1.0 + (1e-16 + 1e-16));
    }
}
