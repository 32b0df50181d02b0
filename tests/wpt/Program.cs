using System.Text.Json;
using Sandbox.Wpt;

// dotnet Sandbox.Wpt.dll <checkout of web-platform-tests> <published worker> [beginning of the paths to run]
if (args.Length < 2)
{
    Console.Error.WriteLine("Give the path of a checkout of web-platform-tests: make wpt WPT=/path");
    return 2;
}

using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(20));
var (root, worker, only) = (args[0], args[1], args.Length > 2 ? args[2] : "");
string Beside(string name) => Path.Combine(AppContext.BaseDirectory, name);
var listed = await File.ReadAllTextAsync(Beside("areas.json"), limit.Token);
var areas = JsonSerializer.Deserialize<Area[]>(listed, new JsonSerializerOptions(JsonSerializerDefaults.Web))!;
var expected = new ExpectedFailures(await File.ReadAllLinesAsync(Beside("expected-failures.txt"), limit.Token));
var ran = new HashSet<string>(StringComparer.Ordinal);
var unexpected = 0;

Console.WriteLine("| area | files | subtests | passed | failed |");
Console.WriteLine("| --- | --- | --- | --- | --- |");
foreach (var area in areas)
{
    var files = area.Files.Where(file => file.Path.StartsWith(only, StringComparison.Ordinal)).ToList();
    if (files.Count == 0) continue;
    var (passed, failed) = (0, 0);
    foreach (var file in files)
    {
        ran.Add(file.Path);
        IReadOnlyList<Subtest> subtests;
        await using (var isolate = await IsolateProcess.StartAsync(worker, limit.Token))
            subtests = await isolate.RunAsync(file.Path, file.Source(root), limit.Token);
        // A file that made no subtest did not run.
        if (subtests.Count == 0) subtests = [new Subtest("(file)", Passed: false, "It made no subtest.")];
        passed += subtests.Count(test => test.Passed);
        foreach (var test in subtests.Where(test => !test.Passed))
        {
            failed++;
            if (expected.Meets(file.Path, test.Name)) continue;
            unexpected++;
            Console.Error.WriteLine($"FAILED {file.Path} :: {ExpectedFailures.OneLine(test.Name)}");
            Console.Error.WriteLine($"       {ExpectedFailures.OneLine(test.Message)}");
        }
    }

    Console.WriteLine($"| {area.Name} | {files.Count} | {passed + failed} | {passed} | {failed} |");
}

var unmet = expected.Unmet(ran).ToList();
foreach (var line in unmet) Console.Error.WriteLine($"EXPECTED to fail, and did not: {line}");
Console.WriteLine($"{unexpected} failures that are not expected, {unmet.Count} expected failures that did not come.");
return unexpected + unmet.Count == 0 ? 0 : 1;
