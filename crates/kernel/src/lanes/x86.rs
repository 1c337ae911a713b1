//! AVX-512 and AVX2, in `pulp`'s names V4 and V3.

use pulp::x86::{V3, V4};
use pulp::{Simd, cast};

use super::{GROUP, Lanes, exchange, nonzero_by_one, through_memory};

/// For blocks of `size` among `count` lanes, where the two outputs of a swap come from: lanes of the first
/// vector are 0 … count − 1, those of the second follow.
const fn sources<const COUNT: usize>(size: usize) -> [[i64; COUNT]; 2] {
    let mut first = [0; COUNT];
    let mut second = [0; COUNT];
    let mut lane = 0;
    while lane < COUNT {
        let upper = lane & size != 0;
        first[lane] = if upper { COUNT + lane - size } else { lane } as i64;
        second[lane] = if upper { COUNT + lane } else { lane + size } as i64;
        lane += 1;
    }
    [first, second]
}

const fn narrow(wide: [[i64; 16]; 2]) -> [[i32; 16]; 2] {
    let mut out = [[0; 16]; 2];
    let mut i = 0;
    while i < 32 {
        out[i / 16][i % 16] = wide[i / 16][i % 16] as i32;
        i += 1;
    }
    out
}

impl Lanes<f64> for V4 {
    type Vector = <V4 as Simd>::f64s;
    const COUNT: usize = 8;
    const WIDE: usize = 2;
    common_f64!();

    #[inline(always)]
    fn transpose(self, square: &mut [Self::Vector]) {
        const SOURCES: [[[i64; 8]; 2]; 3] = [sources(1), sources(2), sources(4)];
        for (stage, [first, second]) in SOURCES.into_iter().enumerate() {
            exchange(square, 1 << stage, |a, b| {
                let pick = |from| cast(self.avx512f._mm512_permutex2var_pd(cast(a), cast(from), cast(b)));
                (pick(first), pick(second))
            });
        }
    }

    #[inline(always)]
    fn nonzero(self, from: &[f64; GROUP]) -> u8 {
        self.avx512f._mm512_cmpneq_pd_mask(cast(*from), cast([0.0_f64; GROUP]))
    }
}

impl Lanes<f32> for V4 {
    type Vector = <V4 as Simd>::f32s;
    const COUNT: usize = 16;
    const WIDE: usize = 1;
    common_f32!();

    #[inline(always)]
    fn transpose(self, square: &mut [Self::Vector]) {
        const SOURCES: [[[i32; 16]; 2]; 4] =
            [narrow(sources(1)), narrow(sources(2)), narrow(sources(4)), narrow(sources(8))];
        for (stage, [first, second]) in SOURCES.into_iter().enumerate() {
            exchange(square, 1 << stage, |a, b| {
                let pick = |from| cast(self.avx512f._mm512_permutex2var_ps(cast(a), cast(from), cast(b)));
                (pick(first), pick(second))
            });
        }
    }

    #[inline(always)]
    fn nonzero(self, from: &[f32; GROUP]) -> u8 {
        nonzero_by_one(from, 0.0)
    }
}

impl Lanes<f64> for V3 {
    type Vector = <V3 as Simd>::f64s;
    const COUNT: usize = 4;
    const WIDE: usize = 2;
    common_f64!();

    #[inline(always)]
    fn transpose(self, square: &mut [Self::Vector]) {
        let avx = self.avx;
        exchange(square, 1, |a, b| {
            let a = cast(a);
            let b = cast(b);
            (cast(avx._mm256_unpacklo_pd(a, b)), cast(avx._mm256_unpackhi_pd(a, b)))
        });
        exchange(square, 2, |a, b| {
            let a = cast(a);
            let b = cast(b);
            (cast(avx._mm256_permute2f128_pd::<0x20>(a, b)), cast(avx._mm256_permute2f128_pd::<0x31>(a, b)))
        });
    }

    #[inline(always)]
    fn nonzero(self, from: &[f64; GROUP]) -> u8 {
        let bits = |half: [f64; 4]| {
            let differs = self.avx._mm256_cmp_pd::<4>(cast(half), cast([0.0_f64; 4])); // 4: not equal
            self.avx._mm256_movemask_pd(differs) as u8
        };
        let [a, b, c, d, e, f, g, h] = *from;
        bits([a, b, c, d]) | bits([e, f, g, h]) << 4
    }
}

impl Lanes<f32> for V3 {
    type Vector = <V3 as Simd>::f32s;
    const COUNT: usize = 8;
    const WIDE: usize = 1;
    common_f32!();

    #[inline(always)]
    fn transpose(self, square: &mut [Self::Vector]) {
        through_memory::<f32, Self::Vector, 8>(square, cast, cast);
    }

    #[inline(always)]
    fn nonzero(self, from: &[f32; GROUP]) -> u8 {
        nonzero_by_one(from, 0.0)
    }
}
