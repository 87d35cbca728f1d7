/**
 * Who asks. An empty line is not known.
 */
export type Person = { 
/**
 * Their name.
 */
name: string, 
/**
 * Their department.
 */
department: string, 
/**
 * Their telephone extension.
 */
extension: string, };
