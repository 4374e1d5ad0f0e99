use std::sync::Arc;
fn main() {
    let mut args = std::env::args().skip(1);
    let dpi: f64 = args.next().unwrap().parse().unwrap();
    let out = args.next().unwrap();
    for path in args {
        let pdf = Arc::new(std::fs::read(&path).unwrap());
        let stem = std::path::Path::new(&path).file_stem().unwrap().to_string_lossy().into_owned();
        let n = match formwright::preview::pages(&pdf) {
            Ok(n) => n,
            Err(e) => {
                println!("{stem}: {e:?}");
                continue;
            }
        };
        for page in 1..=n {
            let t = std::time::Instant::now();
            match formwright::preview::page(&pdf, page, &formwright::preview::PreviewOptions { dpi, ..Default::default() }) {
                Ok(png) => {
                    println!("{stem} {page} {:.1} ms {} bytes", t.elapsed().as_secs_f64() * 1e3, png.len());
                    std::fs::write(format!("{out}/{stem}-{page}.png"), png).unwrap();
                }
                Err(e) => println!("{stem} {page}: {e:?}"),
            }
        }
    }
}
