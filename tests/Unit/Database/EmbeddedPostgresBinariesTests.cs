using Sandbox.Supervisor.Database;
using Sandbox.Tests.Integration.Database;
using Shouldly;
using Xunit;

namespace Sandbox.Tests.Unit.Database;

public sealed class EmbeddedPostgresBinariesTests
{
    [Fact]
    public void The_newest_is_taken_unless_the_data_are_of_another()
    {
        using var root = new TempDirectory();
        foreach (var major in new[] { "9", "15", "17" })
            Install(Path.Combine(root.Path, major, "bin"));
        Directory.CreateDirectory(Path.Combine(root.Path, "18", "bin"));

        EmbeddedPostgresBinaries.Find("", null, root.Path, "").ShouldEndWith("/17/bin");
        EmbeddedPostgresBinaries.Find("", "15", root.Path, "").ShouldEndWith("/15/bin");
        Should.Throw<DatabaseException>(() => EmbeddedPostgresBinaries.Find("", "16", root.Path, "")).Message.ShouldContain("apt-get install postgresql-16");
    }

    [Fact]
    public void Without_any_one_sentence_says_what_to_install()
    {
        using var root = new TempDirectory();
        var message = Should.Throw<DatabaseException>(() => EmbeddedPostgresBinaries.Find("", null, root.Path, "/nonexistent")).Message;
        message.ShouldContain("apt-get install postgresql");
        message.ShouldContain("Sandbox:Database:ConnectionString");
        message.Count(character => character == '\n').ShouldBe(0);
        Should.Throw<DatabaseException>(() => EmbeddedPostgresBinaries.Find("/nonexistent", null, root.Path, "")).Message.ShouldContain("Sandbox:Database:BinDirectory");
    }

    [Fact]
    public void What_is_on_the_path_serves_where_no_package_is()
    {
        using var root = new TempDirectory();
        Install(Path.Combine(root.Path, "own"));
        EmbeddedPostgresBinaries.Find("", null, Path.Combine(root.Path, "none"), $"/nonexistent:{root.Path}/own").ShouldBe(Path.Combine(root.Path, "own"));
    }

    private static void Install(string directory)
    {
        Directory.CreateDirectory(directory);
        File.WriteAllText(Path.Combine(directory, "initdb"), "");
        File.WriteAllText(Path.Combine(directory, "postgres"), "");
    }
}
