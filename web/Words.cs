namespace Sandbox.Web;

/// <summary>Names the texts of the pages. A text's key is its English sentence; other languages have resources beside this class.</summary>
public sealed class Words;
