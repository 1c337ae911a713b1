//! A trainer that runs the kernels' own source on a processor: it is compiled as C++, with a device of
//! coroutines in place of one (`device.h`), and each launch is a process. Slow.

use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};

use meanfield_gpu::kernel_source::{DeviceTraits, KernelKind, KernelSource, kernel_for};
use meanfield_gpu::trainer::{DeviceError, Losses, Shape, Slice, Trainer, place};
use meanfield_random::counter::counter_word;
use ndarray::Array2;

const DEVICE: &str = include_str!("device.h");
const MAIN: &str = include_str!("main.cpp");

/// Shared memory of a block on an H100.
const MOST_SHARED: usize = 232_448;

/// Multiprocessors for so many neurons of a large network: blocks of several neurons a thread, or more blocks
/// than a warp has lanes.
fn multiprocessors(neurons: usize) -> usize {
    match neurons {
        2112 => 70,
        1601 => 1,
        _ => 2,
    }
}

/// Networks on a processor.
pub struct OnProcessor {
    program: PathBuf,
    source: KernelSource,
    block: usize,
    parameters: (usize, usize),
    seeds: Vec<u64>,
    /// As the kernel has them, one network after the other.
    numbers: Vec<f64>,
}

impl Drop for OnProcessor {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.program);
    }
}

/// The trainer that has the kernel of a device with or without a matrix unit.
pub fn trainer(shape: &Shape, seeds: &[u64], has_matrix_unit: bool) -> Box<dyn Trainer> {
    let traits = DeviceTraits {
        has_matrix_unit,
        most_shared: MOST_SHARED,
        multiprocessors: multiprocessors(shape.neurons),
    };
    let source = kernel_for(shape, traits);
    let parameters = shape.parameters();
    let numbers = vec![0.0; seeds.len() * parameters.0 * parameters.1];
    let program = compile(&source);
    Box::new(OnProcessor {
        program,
        source,
        block: shape.block(),
        parameters,
        seeds: seeds.to_vec(),
        numbers,
    })
}

/// The program that launches a kernel.
fn compile(source: &KernelSource) -> PathBuf {
    static PROGRAMS: AtomicUsize = AtomicUsize::new(0);
    let number = PROGRAMS.fetch_add(1, Ordering::Relaxed);
    let stem =
        PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("kernel-{}-{number}", std::process::id()));
    let launched = format!(
        "#define PATH_IS_LARGE {}\n#define THREADS_OF_BLOCK {}\n",
        u8::from(source.kind == KernelKind::Large),
        source.threads,
    );
    let text = [DEVICE, &source.whole_text(), &launched, MAIN].concat();
    let file = stem.with_extension("cpp");
    std::fs::write(&file, text).expect("a folder of tests");
    let compiled = Command::new("c++")
        .args(["-std=c++17", "-O2", "-ffp-contract=off", "-fno-strict-aliasing", "-w"])
        // Jumps between coroutines are what fortified ones refuse.
        .args(["-U_FORTIFY_SOURCE", "-fsanitize=undefined", "-fno-sanitize-recover=undefined", "-o"])
        .arg(&stem)
        .arg(&file)
        .output()
        .expect("a C++ compiler, which scripts/setup --test installs");
    assert!(compiled.status.success(), "{}", String::from_utf8_lossy(&compiled.stderr));
    let _ = std::fs::remove_file(&file);
    stem
}

impl OnProcessor {
    /// What the program reads.
    fn input(&self, slice: &Slice) -> Vec<u8> {
        let header = [
            self.seeds.len() as u64,
            slice.members.len() as u64,
            slice.first,
            slice.padded_count(self.block) as u64,
            slice.steps.len() as u64,
            u64::from(counter_word(slice.purpose)),
            (self.parameters.0 * self.parameters.1) as u64,
        ];
        let members = slice.members.iter().map(|member| *member as u32);
        let words = header.iter().chain(&self.seeds).flat_map(|word| word.to_le_bytes());
        let words = words.chain(members.flat_map(u32::to_le_bytes));
        words
            .chain(
                slice.table(self.block).iter().chain(&self.numbers).flat_map(|number| number.to_le_bytes()),
            )
            .collect()
    }
}

impl Trainer for OnProcessor {
    fn train(&mut self, slice: &Slice) -> Result<Vec<Losses>, DeviceError> {
        let mut command = Command::new(&self.program);
        let mut launched = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the program that was compiled");
        launched.stdin.take().expect("piped").write_all(&self.input(slice)).expect("it reads all");
        let output = launched.wait_with_output().expect("it ends");
        assert!(output.status.success(), "{:?}", output.status);
        let numbers: Vec<f64> = output
            .stdout
            .chunks_exact(8)
            .map(|bytes| f64::from_le_bytes(bytes.try_into().expect("eight")))
            .collect();
        let (losses, numbers) = numbers.split_at(2 * slice.members.len());
        assert_eq!(numbers.len(), self.numbers.len());
        self.numbers = numbers.to_vec();
        let count = slice.steps.len() as u64;
        Ok(losses.chunks_exact(2).map(|sums| Losses { sum: sums[0], squares: sums[1], count }).collect())
    }

    fn weights(&mut self, member: usize) -> Result<Array2<f64>, DeviceError> {
        self.source.kind.network(self.parameters, self.numbers[place(self.parameters, member)].to_vec())
    }

    fn set_weights(&mut self, member: usize, weights: &Array2<f64>) -> Result<(), DeviceError> {
        let ordered: Vec<f64> = self.source.kind.ordered(weights).iter().copied().collect();
        self.numbers[place(self.parameters, member)].copy_from_slice(&ordered);
        Ok(())
    }
}
