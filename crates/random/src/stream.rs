//! Streams of random numbers: one for each (seed, purpose, block), none shared.
//!
//! A counter-based generator (Philox 4×32-10) turns the three numbers into the seed of a fast one
//! (xoshiro256++). A block's numbers can therefore be made at any time, in any order, on any thread: the
//! position in the stream is the step counter itself, and there is no generator to save in a checkpoint.

use rand::SeedableRng;
use rand_philox::Philox;
use rand_xoshiro::Xoshiro256PlusPlus;

/// Purpose of random numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Purpose {
    /// w at k = 0.
    InitialWeights = 0,
    /// Training samples.
    Data = 1,
    /// Fresh samples on which the risk is estimated.
    Evaluation = 2,
    /// Noise of the steps.
    Noise = 3,
    /// a and b at k = 0.
    InitialAffine = 4,
    /// Independent weights of a deep network at k = 0; the block is the layer.
    LayerWeights = 5,
    /// Labels of the neurons of a deep network; the block is the layer.
    NeuronLabels = 6,
    /// Atoms of a limit where no quadrature is affordable; the block is layer and number of atoms.
    Atoms = 7,
    /// Parameters of the fixed functions in a correlated start; the block is the layer.
    FixedFunctions = 8,
    /// Inputs of data that are drawn once.
    Inputs = 9,
    /// First-layer weights at which a field is probed; the block is their dimension.
    Probes = 10,
    /// What is added to labels of training samples.
    Labels = 11,
    /// The same of fresh samples on which the risk is estimated.
    EvaluationLabels = 12,
}

/// The generator of a stream.
pub type Stream = Xoshiro256PlusPlus;

/// The generator of block `block` of the stream `(seed, purpose)`.
pub fn generator(seed: u64, purpose: Purpose, block: u64) -> Stream {
    let mut philox = Philox::from_u64_seed(seed);
    // The purpose fills the counter's upper half; one block takes 256 bits, which are two counters.
    philox.seek(((purpose as u128) << 64) | (2 * u128::from(block)));
    let mut bytes = [0; 32];
    for word in bytes.chunks_exact_mut(8) {
        word.copy_from_slice(&philox.next_u64().to_le_bytes());
    }
    Stream::from_seed(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::Rng;

    /// The first number of a block of a stream.
    fn first_number(seed: u64, purpose: Purpose, block: u64) -> u64 {
        generator(seed, purpose, block).next_u64()
    }

    #[test]
    fn every_stream_is_its_own_and_comes_back() {
        let mut known = std::collections::HashSet::new();
        for seed in 0..20 {
            let initial = [Purpose::InitialWeights, Purpose::InitialAffine, Purpose::LayerWeights];
            let labels = [Purpose::NeuronLabels, Purpose::Atoms, Purpose::FixedFunctions];
            let training = [Purpose::Data, Purpose::Evaluation, Purpose::Noise];
            let looks = [Purpose::Inputs, Purpose::Probes, Purpose::Labels, Purpose::EvaluationLabels];
            for purpose in training.into_iter().chain(initial).chain(labels).chain(looks) {
                for block in 0..20 {
                    let first = first_number(seed, purpose, block);
                    assert!(known.insert(first), "{seed} {purpose:?} {block}");
                    assert_eq!(first, first_number(seed, purpose, block));
                }
            }
        }
    }
}
