//! Vectors of numbers of either precision, with the few operations that products of matrices need beyond
//! `pulp`'s own traits: AVX-512, AVX2, and a portable one that the compiler turns into whatever the processor
//! has. Chosen at run time; everything is safe, through `pulp`'s tokens.

use std::marker::PhantomData;

use pulp::Simd;

/// Numbers that [`Lanes::nonzero`] compares with 0 at once.
pub const GROUP: usize = 8;

/// Numbers of single or double precision.
pub trait Real: Copy + Default + Send + Sync + 'static {
    /// Rounded to this precision.
    fn from_f64(x: f64) -> Self;
    /// The same number in double precision.
    fn to_f64(self) -> f64;
    /// Runs a computation, compiled for an instruction set.
    fn dispatch(arch: pulp::Arch, computation: impl Vectorised<Self>);
}

/// A computation that is compiled once for each instruction set. All that it calls must be inlined into it
/// (closures passed to iterators may not be).
pub trait Vectorised<T: Real> {
    /// Runs it with the vectors of one instruction set.
    fn run<L: Lanes<T>>(self, lanes: L);
}

/// A computation inside the function for which `pulp` has switched the instruction set on.
struct Inside<T, C, L>(C, L, PhantomData<T>);

impl<T: Real, C: Vectorised<T>, L: Lanes<T>> pulp::WithSimd for Inside<T, C, L> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) {
        self.0.run(self.1);
    }
}

macro_rules! dispatch {
    () => {
        fn dispatch(arch: pulp::Arch, computation: impl Vectorised<Self>) {
            match arch {
                #[cfg(target_arch = "x86_64")]
                pulp::Arch::V4(simd) => Simd::vectorize(simd, Inside(computation, simd, PhantomData)),
                #[cfg(target_arch = "x86_64")]
                pulp::Arch::V3(simd) => Simd::vectorize(simd, Inside(computation, simd, PhantomData)),
                _ => computation.run(Portable),
            }
        }
    };
}

impl Real for f64 {
    #[inline(always)]
    fn from_f64(x: f64) -> Self {
        x
    }
    #[inline(always)]
    fn to_f64(self) -> f64 {
        self
    }
    dispatch!();
}

impl Real for f32 {
    #[inline(always)]
    fn from_f64(x: f64) -> Self {
        x as f32
    }
    #[inline(always)]
    fn to_f64(self) -> f64 {
        f64::from(self)
    }
    dispatch!();
}

/// Operations on vectors of [`COUNT`](Self::COUNT) numbers.
pub trait Lanes<T: Real>: Copy + Send + Sync {
    /// A vector.
    type Vector: Copy;
    /// Numbers in a vector; it divides 16.
    const COUNT: usize;
    /// Vectors of samples beside COUNT neurons in a tile of products: as many accumulators as keep the units
    /// busy.
    const WIDE: usize;
    /// x in every lane.
    fn splat(self, x: T) -> Self::Vector;
    /// a b + c.
    fn mul_add(self, a: Self::Vector, b: Self::Vector, c: Self::Vector) -> Self::Vector;
    /// a + b.
    fn add(self, a: Self::Vector, b: Self::Vector) -> Self::Vector;
    /// a b.
    fn mul(self, a: Self::Vector, b: Self::Vector) -> Self::Vector;
    /// The sum of the lanes, in a fixed order.
    fn reduce(self, a: Self::Vector) -> T;
    /// The whole vectors of a slice.
    fn vectors(self, from: &[T]) -> &[Self::Vector];
    /// The whole vectors of a slice, to be changed.
    fn vectors_mut(self, from: &mut [T]) -> &mut [Self::Vector];
    /// Transposes a square of COUNT vectors.
    fn transpose(self, square: &mut [Self::Vector]);
    /// Bit i is set where `from[i]`, i < [`GROUP`], is not 0.
    fn nonzero(self, from: &[T; GROUP]) -> u8;
}

/// Swaps the blocks of `size` lanes beside the diagonal of each square of 2 `size` vectors: with sizes 1, 2,
/// 4 … this transposes.
#[inline(always)]
fn exchange<V: Copy>(square: &mut [V], size: usize, swap: impl Fn(V, V) -> (V, V)) {
    for i in 0..square.len() {
        if i & size == 0 {
            (square[i], square[i + size]) = swap(square[i], square[i + size]);
        }
    }
}

/// The methods that pulp has under the same names for every vector type.
macro_rules! common {
    (
        $scalar:ty,
        $splat:ident,
        $mul_add:ident,
        $add:ident,
        $mul:ident,
        $reduce:ident,
        $as:ident,
        $as_mut:ident
    ) => {
        #[inline(always)]
        fn splat(self, x: $scalar) -> Self::Vector {
            Simd::$splat(self, x)
        }
        #[inline(always)]
        fn mul_add(self, a: Self::Vector, b: Self::Vector, c: Self::Vector) -> Self::Vector {
            Simd::$mul_add(self, a, b, c)
        }
        #[inline(always)]
        fn add(self, a: Self::Vector, b: Self::Vector) -> Self::Vector {
            Simd::$add(self, a, b)
        }
        #[inline(always)]
        fn mul(self, a: Self::Vector, b: Self::Vector) -> Self::Vector {
            Simd::$mul(self, a, b)
        }
        #[inline(always)]
        fn reduce(self, a: Self::Vector) -> $scalar {
            Simd::$reduce(self, a)
        }
        #[inline(always)]
        fn vectors(self, from: &[$scalar]) -> &[Self::Vector] {
            <Self as Simd>::$as(from).0
        }
        #[inline(always)]
        fn vectors_mut(self, from: &mut [$scalar]) -> &mut [Self::Vector] {
            <Self as Simd>::$as_mut(from).0
        }
    };
}
macro_rules! common_f64 {
    () => {
        common!(
            f64,
            splat_f64s,
            mul_add_f64s,
            add_f64s,
            mul_f64s,
            reduce_sum_f64s,
            as_simd_f64s,
            as_mut_simd_f64s
        );
    };
}
macro_rules! common_f32 {
    () => {
        common!(
            f32,
            splat_f32s,
            mul_add_f32s,
            add_f32s,
            mul_f32s,
            reduce_sum_f32s,
            as_simd_f32s,
            as_mut_simd_f32s
        );
    };
}

#[cfg(target_arch = "x86_64")]
mod x86;

/// Lane by lane.
#[inline(always)]
fn nonzero_by_one<T: PartialEq>(from: &[T; GROUP], zero: T) -> u8 {
    from.iter().enumerate().map(|(i, x)| u8::from(*x != zero) << i).sum()
}

/// A transposition through the stack.
#[inline(always)]
fn through_memory<T: Real, V: Copy, const COUNT: usize>(
    square: &mut [V],
    lanes: impl Fn(V) -> [T; COUNT],
    vector: impl Fn([T; COUNT]) -> V,
) {
    let rows: [[T; COUNT]; COUNT] = std::array::from_fn(|i| lanes(square[i]));
    for (i, out) in square.iter_mut().enumerate() {
        *out = vector(std::array::from_fn(|j| rows[j][i]));
    }
}

/// For other processors: arrays that the compiler keeps in the vectors that there are.
#[derive(Clone, Copy)]
pub struct Portable;

macro_rules! portable {
    ($scalar:ty) => {
        impl Lanes<$scalar> for Portable {
            type Vector = [$scalar; 4];
            const COUNT: usize = 4;
            const WIDE: usize = 2;

            #[inline(always)]
            fn splat(self, x: $scalar) -> Self::Vector {
                [x; 4]
            }
            #[inline(always)]
            fn mul_add(self, a: Self::Vector, b: Self::Vector, c: Self::Vector) -> Self::Vector {
                std::array::from_fn(|i| a[i] * b[i] + c[i])
            }
            #[inline(always)]
            fn add(self, a: Self::Vector, b: Self::Vector) -> Self::Vector {
                std::array::from_fn(|i| a[i] + b[i])
            }
            #[inline(always)]
            fn mul(self, a: Self::Vector, b: Self::Vector) -> Self::Vector {
                std::array::from_fn(|i| a[i] * b[i])
            }
            #[inline(always)]
            fn reduce(self, a: Self::Vector) -> $scalar {
                (a[0] + a[2]) + (a[1] + a[3])
            }
            #[inline(always)]
            fn vectors(self, from: &[$scalar]) -> &[Self::Vector] {
                from.as_chunks().0
            }
            #[inline(always)]
            fn vectors_mut(self, from: &mut [$scalar]) -> &mut [Self::Vector] {
                from.as_chunks_mut().0
            }
            #[inline(always)]
            fn transpose(self, square: &mut [Self::Vector]) {
                through_memory::<$scalar, Self::Vector, 4>(square, |v| v, |a| a);
            }
            #[inline(always)]
            fn nonzero(self, from: &[$scalar; GROUP]) -> u8 {
                nonzero_by_one(from, 0.0)
            }
        }
    };
}
portable!(f64);
portable!(f32);

#[cfg(test)]
mod tests {
    use super::*;

    const LENGTH: usize = 256;

    /// Transposes a square, and tells which of eight numbers are not 0.
    struct Check<'a, T>(&'a mut [T], &'a mut u8);

    impl<T: Real> Vectorised<T> for Check<'_, T> {
        #[inline(always)]
        fn run<L: Lanes<T>>(self, lanes: L) {
            lanes.transpose(&mut lanes.vectors_mut(self.0)[..L::COUNT]);
            let [a, b] = [0.0, 1.5].map(T::from_f64);
            *self.1 = lanes.nonzero(&[a, b, b, a, a, a, b, b]);
            for i in 0..L::COUNT * L::COUNT {
                let whence = i % L::COUNT * L::COUNT + i / L::COUNT;
                assert_eq!(self.0[i].to_f64(), whence as f64, "{} lanes", L::COUNT);
            }
            let vector = lanes.mul_add(lanes.splat(b), lanes.splat(b), lanes.splat(b));
            assert_eq!(lanes.reduce(vector).to_f64(), 3.75 * L::COUNT as f64);
        }
    }

    fn check<T: Real>(arch: pulp::Arch) {
        let mut numbers: Vec<T> = (0..LENGTH).map(|i| T::from_f64(i as f64)).collect();
        let mut bits = 0;
        T::dispatch(arch, Check(&mut numbers, &mut bits));
        assert_eq!(bits, 0b1100_0110);
    }

    #[test]
    fn every_instruction_set_transposes_and_finds_what_is_not_0() {
        check::<f64>(pulp::Arch::new());
        check::<f32>(pulp::Arch::new());
        check::<f64>(pulp::Arch::Scalar);
        check::<f32>(pulp::Arch::Scalar);
        #[cfg(target_arch = "x86_64")]
        if let Some(v3) = pulp::x86::V3::try_new() {
            check::<f64>(pulp::Arch::V3(v3));
            check::<f32>(pulp::Arch::V3(v3));
        }
    }
}
