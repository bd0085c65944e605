//! Writes the corpora's statements as the fuzzer's first inputs, and their words as its dictionary.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use pg_fuzz::corpora::{pieces, statements};
use pg_fuzz::frames::FRAMES;

fn main() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let folder = root.join("corpus/bytes");
    fs::create_dir_all(&folder).expect("the seeds' folder can be made");
    for (number, statement) in statements().iter().enumerate() {
        fs::write(folder.join(format!("seed-{number:04}")), statement).expect("a seed can be written");
    }
    // For the other target bytes are choices: any will do, if there are enough of them.
    let folder = root.join("corpus/statements");
    fs::create_dir_all(&folder).expect("the seeds' folder can be made");
    for number in 0..64_u64 {
        let bytes: Vec<u8> = (1..=64_u64)
            .map(|at| number.wrapping_mul(0x9e37_79b9_7f4a_7c15).wrapping_mul(at).to_be_bytes()[0])
            .collect();
        fs::write(folder.join(format!("seed-{number:02}")), bytes).expect("a seed can be written");
    }
    let texts = statements().iter().map(String::as_str).chain(FRAMES.iter().copied());
    let words: BTreeSet<&str> =
        texts.flat_map(pieces).filter(|word| (2..=24).contains(&word.len())).collect();
    let lines =
        words.iter().filter(|word| word.bytes().all(|byte| (b' '..=b'~').contains(&byte))).map(|word| {
            let escaped = word.replace('\\', "\\\\").replace('"', "\\\"");
            format!("\"{escaped}\"\n")
        });
    fs::write(root.join("sql.dict"), lines.collect::<String>()).expect("the dictionary can be written");
}
